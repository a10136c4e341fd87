// ?gallery=1: every widget on one page, in both themes and languages, by what it says and by its pixels.
import assert from 'node:assert/strict';

const HEIGHT = 1100;
const SHOWN = ['gallery.button[0]', 'gallery.check_on', 'gallery.search', 'gallery.badge[3]', 'gallery.prose', 'gallery.table'];

// Of each rectangle of a screenshot: the luminance of its first pixel, and the strongest contrast in it (WCAG 2.2).
async function look(page, rectangles) {
  const picture = (await page.page.screenshot()).toString('base64');
  return page.page.evaluate(async ({ picture, rectangles }) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const linear = (byte) => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
    return rectangles.map(({ x, y, width, height }) => {
      const { data } = context.getImageData(Math.ceil(x), Math.ceil(y), Math.max(1, Math.floor(width)), Math.max(1, Math.floor(height)));
      const all = [];
      for (let at = 0; at < data.length; at += 4) all.push(0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]));
      const least = all.reduce((a, b) => Math.min(a, b)), most = all.reduce((a, b) => Math.max(a, b));
      return { first: all[0], contrast: (most + 0.05) / (least + 0.05) };
    });
  }, { picture, rectangles });
}

export default (test) => {
  for (const colorScheme of ['light', 'dark']) {
    for (const locale of ['en-GB', 'zh-CN']) {
      test(`all widgets, ${colorScheme}, ${locale}`, async (t) => {
        const page = await t.open({ query: 'gallery=1', colorScheme, locale, viewport: { width: 1440, height: HEIGHT } });
        for (const id of SHOWN) await page.waitFor(id);
        const nodes = await page.semantics();
        const named = nodes.filter((node) => ['button', 'checkbox', 'textbox', 'searchbox', 'combobox', 'slider', 'tab'].includes(node.role));
        assert.ok(named.length > 25, `${named.length} widgets`);
        for (const node of named) assert.ok(node.name, `${node.id} has a name`);
        const chinese = named.filter((node) => /\p{Script=Han}/u.test(node.name)).length;
        assert.ok(locale === 'zh-CN' ? chinese > 20 : chinese === 0, `${chinese} Chinese names`);
        // Widgets that can be pressed lie beside each other, not over each other.
        const buttons = nodes.filter((node) => node.role === 'button' && node.id.startsWith('gallery.button') && node.width > 0);
        for (const a of buttons) {
          for (const b of buttons) {
            const apart = a === b || a.x + a.width <= b.x + 0.5 || b.x + b.width <= a.x + 0.5 || a.y + a.height <= b.y + 0.5 || b.y + b.height <= a.y + 0.5;
            assert.ok(apart, `${a.id} and ${b.id}`);
          }
        }
        // The picture: the theme's ground, and text that stands out from it in each widget.
        const widgets = nodes.filter(({ id }) => SHOWN.includes(id)).map(({ id, x, y, width, height }) => ({ id, x, y, width,
          height: Math.min(height, HEIGHT - y) }));
        const [ground, ...seen] = await look(page, [{ x: 2, y: 450, width: 2, height: 2 }, ...widgets]);
        assert.ok(colorScheme === 'dark' ? ground.first < 0.1 : ground.first > 0.85, `the ground has ${ground.first}`);
        seen.forEach(({ contrast }, i) => assert.ok(contrast >= 4.5, `${widgets[i].id}: its strongest contrast is ${contrast.toFixed(1)}`));
      }, { sharp: true });
    }
  }
};
