// Drives a real browser through the demo's page, as a newcomer would: logs in, waits for the room, sees someone who is
// on IRC speak, and says something.
//
//   node lobby.mjs PAGE SCREENSHOT [--user alice] [--see TEXT] [--say TEXT] [--answer TEXT] [--absent NICK] [--file PATH]
//
// PAGE is the demo's address, SCREENSHOT the PNG file to write, at the end or at the failure. --see is what must appear
// in the room after joining, --say what to write there, --answer what must appear after it, --absent who must then go
// from the list of participants and come back, --file a picture to upload, which must be shown in the room. CHROMIUM names the browser
// when it is not /usr/bin/chromium. The exit code is 0 when all was seen, else 1 with a sentence on standard error.
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const patience = 30_000; // milliseconds for each step

const { values, positionals: [page_address, screenshot] } = parseArgs({
  allowPositionals: true,
  options: {
    user: { type: 'string', default: 'alice' },
    see: { type: 'string', default: 'Welcome' },
    say: { type: 'string', default: 'hello ida' },
    answer: { type: 'string', default: 'You said' },
    absent: { type: 'string' },
    file: { type: 'string' },
  },
});
if (!page_address || !screenshot) {
  console.error('usage: node lobby.mjs PAGE SCREENSHOT [--user NAME] [--see TEXT] [--say TEXT] [--answer TEXT] [--absent NICK] [--file PATH]');
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(patience);
const complaints = []; // what the page said on its console, told on failure
page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
page.on('pageerror', (error) => complaints.push(String(error)));

let step = 'open the page';
try {
  await page.goto(page_address);
  step = `log in as ${values.user}`;
  await page.getByRole('link', { name: `Chat as ${values.user}` }).click();
  step = 'see the rooms by their names';
  const rooms = (name) => page.locator('converse-rooms-list .open-room', { hasText: name });
  await rooms('Lobby on loopback').first().waitFor(); // the list is in another order before
  step = 'enter the room';
  const room = page.locator('converse-muc').filter({ has: page.locator('textarea.chat-textarea:visible') });
  await rooms('#lobby').first().click();
  await page.locator('converse-muc-heading:visible', { hasText: '#lobby' }).waitFor();
  const input = room.locator('textarea.chat-textarea');
  await input.waitFor();
  step = `see "${values.see}" from IRC`;
  const said = (text) => room.locator('converse-chat-message-body', { hasText: text }).first();
  await said(values.see).waitFor();
  step = `say "${values.say}"`;
  await input.fill(values.say);
  await input.press('Enter');
  await said(values.say).waitFor();
  step = `see the answer "${values.answer}"`;
  await said(values.answer).waitFor();
  if (values.absent) {
    const participant = room.locator('.occupant-nick', { hasText: values.absent });
    step = `see ${values.absent} go`;
    await participant.waitFor({ state: 'detached' });
    step = `see ${values.absent} come back`;
    await participant.waitFor();
  }
  if (values.file) {
    step = `upload ${values.file}`;
    await room.locator('converse-chat-toolbar input[type=file]').setInputFiles(values.file);
    await room.locator('converse-chat-message img.chat-image').first().waitFor();
  }
  await page.screenshot({ path: screenshot });
} catch (error) {
  await page.screenshot({ path: screenshot }).catch(() => {});
  console.error(`could not ${step}: ${error.message.split('\n')[0]}`);
  for (const complaint of complaints) console.error(`  the page says: ${complaint}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
