// A long text as a page of its own over the canvas: real elements, so that the browser's selection, search, translation
// and screen readers work on it, and scripts that are written from right to left or that join their letters are right.
const MOST_FORMATTED_BYTES = 1e6;  // beyond it Markdown is shown as it is written

export class PageText {
  constructor(texts, build, back) {
    this.texts = texts;
    this.build = build;
    this.back = back;  // called when it closes
    this.dialog = null;
    this.formatted = true;
  }

  // sections: [{title, text}]; a text that is JSON is shown as it is.
  open(title, sections) {
    this.dialog?.remove();
    const dialog = document.createElement('dialog');
    dialog.id = 'page-text';
    dialog.setAttribute('aria-labelledby', 'page-text-title');
    const head = document.createElement('header');
    const heading = document.createElement('h2');
    heading.id = 'page-text-title';
    heading.textContent = title;
    const form = this.button(this.formatted ? this.texts.asWritten : this.texts.asFormatted, () => {
      this.formatted = !this.formatted;
      form.textContent = this.formatted ? this.texts.asWritten : this.texts.asFormatted;
      this.fill(article, sections);
    });
    const close = this.button(this.texts.close, () => dialog.close());
    head.append(heading, form, close);
    const article = document.createElement('article');
    article.tabIndex = 0;
    dialog.append(head, article);
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (this.dialog === dialog) this.dialog = null;
      this.back();
    });
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    this.dialog = dialog;
    dialog.showModal();
    article.focus({ preventScroll: true });
    return this.fill(article, sections);
  }

  button(text, action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.addEventListener('click', action);
    return button;
  }

  async fill(article, sections) {
    const round = this.round = {};
    const formatter = this.formatted ? await this.formatter() : null;
    if (this.round !== round) return;  // another one was asked for meanwhile
    article.replaceChildren();
    for (const { title, text } of sections) {
      if (title) {
        const heading = document.createElement('h3');
        heading.dir = 'auto';
        heading.textContent = title;
        article.append(heading);
      }
      const body = document.createElement('div');
      body.dir = 'auto';
      const made = formatter?.(text);
      body.className = made ? 'formatted' : 'plain';
      body.append(made ?? text);
      article.append(body);
    }
  }

  // Loaded with the first text that is shown formatted.
  async formatter() {
    try {
      const [{ lexer }, { markdownElements }, { parseJson, jsonElements }] = await Promise.all([
        import(new URL(this.build.marked, document.baseURI).href), import('./markdown.js'), import('./json_tree.js')]);
      return (text) => {
        const json = /^\s*[[{]/.test(text) ? parseJson(text) : null;
        if (json) return jsonElements(json);
        return text.length > MOST_FORMATTED_BYTES ? null : markdownElements(lexer, text, this.texts);
      };
    } catch (error) {
      console.warn(`Texts are shown as they are written: ${error.message}`);
      return null;
    }
  }
}
