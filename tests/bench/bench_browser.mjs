// A browser with a profile of its own, gone afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchProfile } from '../web/helper.mjs';

export async function withBrowser(work) {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-bench-'));
  const context = await launchProfile(folder);
  try {
    return await work(context.pages()[0] ?? await context.newPage());
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
}
