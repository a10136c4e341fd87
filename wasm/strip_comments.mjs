// Prints a JSON object {name: text without comments} for the ES modules named on the command line, so that
// what a library explains to its developers is not downloaded by visitors. Needs acorn (ACORN: its folder).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { parse } = await import(pathToFileURL(path.join(process.env.ACORN, 'dist/acorn.mjs')));
const stripped = {};
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  const comments = [];
  parse(text, { ecmaVersion: 'latest', sourceType: 'module', onComment: (block, content, start, end) => comments.push([start, end]) });
  let out = '';
  let at = 0;
  for (const [start, end] of comments) {
    out += text.slice(at, start);
    at = end;
  }
  stripped[path.basename(file)] = (out + text.slice(at)).replace(/[ \t]*\n\s*/g, '\n');
}
process.stdout.write(JSON.stringify(stripped));
