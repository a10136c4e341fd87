// Columns of text for people.
export function printTable(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => String(row[i]).length)));
  const isNumber = (text) => /^-?[\d.]+x?$/.test(text);
  for (const row of all) {
    const cells = row.map((cell, i) => (isNumber(String(cell)) ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i])));
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
  process.stdout.write('\n');
}
