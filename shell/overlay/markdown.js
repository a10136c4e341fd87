// Markdown as elements: marked reads it, this builds what it found. Texts come from traces, so nothing of them is ever
// taken as HTML, nothing is fetched (only images that are in the text itself are shown), and links go nowhere but to
// web addresses, in a tab of their own.
const MOST_IMAGE_BYTES = 20e6;
const DATA_IMAGE = /^data:image\/(png|jpe?g|gif|webp|avif|bmp);base64,[a-z0-9+/=\s]+$/i;

// `lexer` is marked's. Returns a DocumentFragment.
export function markdownElements(lexer, text, texts) {
  const out = document.createDocumentFragment();
  addBlocks(out, lexer(text, { gfm: true, breaks: true }), texts);
  return out;
}

function make(name, parent, text) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (!['UL', 'OL', 'TABLE', 'PRE'].includes(element.tagName)) element.dir = 'auto';
  parent.append(element);
  return element;
}

function addBlocks(parent, tokens, texts) {
  for (const token of tokens) {
    switch (token.type) {
      case 'space': case 'def': break;
      case 'heading':
        // The dialogue's own headings are of level 2 and 3.
        addInline(make(`h${Math.min(6, token.depth + 3)}`, parent), token.tokens, texts);
        break;
      case 'paragraph': addInline(make('p', parent), token.tokens, texts); break;
      case 'text':
        if (token.tokens) addInline(make('p', parent), token.tokens, texts);
        else make('p', parent, token.text);
        break;
      case 'code': {
        const block = make('pre', parent);
        make('code', block, token.text).dir = 'ltr';
        block.tabIndex = 0;
        break;
      }
      case 'blockquote': addBlocks(make('blockquote', parent), token.tokens, texts); break;
      case 'hr': parent.append(document.createElement('hr')); break;
      case 'list': addList(parent, token, texts); break;
      case 'table': addTable(parent, token, texts); break;
      default: make('p', parent, token.raw); break;  // HTML among it: shown as it is written
    }
  }
}

function addList(parent, token, texts) {
  const list = make(token.ordered ? 'ol' : 'ul', parent);
  if (token.ordered && token.start !== 1) list.start = Number(token.start) || 1;
  for (const entry of token.items) {
    const item = make('li', list);
    if (entry.task) item.append(entry.checked ? '☑ ' : '☐ ');
    const [first] = entry.tokens;
    if (entry.tokens.length === 1 && first.type === 'text') addInline(item, first.tokens ?? [], texts);
    else addBlocks(item, entry.tokens.filter(({ type }) => type !== 'checkbox'), texts);
  }
}

function addTable(parent, token, texts) {
  const frame = make('div', parent);
  frame.className = 'wide';
  frame.tabIndex = 0;
  const table = make('table', frame);
  const addRow = (section, cells, name) => {
    const row = make('tr', section);
    cells.forEach((cell, column) => {
      const element = make(name, row);
      if (token.align[column]) element.style.textAlign = token.align[column];
      addInline(element, cell.tokens, texts);
    });
  };
  addRow(make('thead', table), token.header, 'th');
  const body = make('tbody', table);
  for (const cells of token.rows) addRow(body, cells, 'td');
}

const WRAPPED = { strong: 'strong', em: 'em', del: 'del' };

function addInline(parent, tokens, texts) {
  for (const token of tokens ?? []) {
    if (WRAPPED[token.type]) {
      const element = document.createElement(WRAPPED[token.type]);
      addInline(element, token.tokens, texts);
      parent.append(element);
    } else if (token.type === 'codespan') {
      const code = document.createElement('code');
      code.textContent = token.text;
      parent.append(code);
    } else if (token.type === 'br') {
      parent.append(document.createElement('br'));
    } else if (token.type === 'link') {
      addLink(parent, token, texts);
    } else if (token.type === 'image') {
      addImage(parent, token, texts);
    } else if (token.type === 'text' && token.tokens) {
      addInline(parent, token.tokens, texts);
    } else if (token.type === 'checkbox') {
      continue;
    } else {
      parent.append(token.type === 'text' || token.type === 'escape' ? token.text : token.raw);
    }
  }
}

function addLink(parent, token, texts) {
  if (!/^https?:\/\//i.test(token.href)) {
    addInline(parent, token.tokens, texts);
    if (token.text !== token.href) parent.append(` (${token.href})`);
    return;
  }
  const link = document.createElement('a');
  link.href = token.href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  link.title = token.href;  // where it really goes
  addInline(link, token.tokens, texts);
  parent.append(link);
}

function addImage(parent, token, texts) {
  if (token.href.length < MOST_IMAGE_BYTES && DATA_IMAGE.test(token.href)) {
    const image = document.createElement('img');
    image.loading = 'lazy';
    image.decoding = 'async';
    image.alt = token.text || texts.image;
    image.src = token.href;
    parent.append(image);
    return;
  }
  const note = document.createElement('span');
  note.className = 'quiet';
  note.textContent = texts.imageNotLoaded.replace('{0}', `${token.text ? `${token.text}: ` : ''}${token.href.slice(0, 200)}`);
  parent.append(note);
}
