// Walks through the demo's network in memory with a real browser, and takes a picture at each stop: the contact list, a talk with
// a reaction, a correction, a file, and a room.
//
//   node contacts.mjs PAGE FOLDER
//
// PAGE is the demo's address; the pictures in FOLDER are roster.png, talk.png and so on, and failed.png at a failure. Those in docs/walk
// are made so, with a demo that nobody has talked in before.
// CHROMIUM names the browser when it is not /usr/bin/chromium. The exit code is 0 when all was seen, else 1 with a
// sentence on standard error.
import { chromium } from 'playwright-core';

const patience = 30_000; // milliseconds for each step

const [page_address, folder] = process.argv.slice(2);
if (!page_address || !folder) {
  console.error('usage: node contacts.mjs PAGE FOLDER');
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
const picture = (name) => page.screenshot({ path: `${folder}/${name}.png` });
const contact = (name) => page.locator('converse-roster, #converse-roster').locator('.contact-name', { hasText: name }).first();

// In the full-screen client one conversation is visible at a time.
const said = (words) => page.locator('converse-chat-message-body:visible', { hasText: words }).first();

// talk opens the talk with a contact and says something.
async function talk(name, words) {
  step = `open the talk with ${name}`;
  await contact(name).click();
  await page.locator('.chat-title:visible, .chatbox-title__text:visible', { hasText: name }).first().waitFor();
  const input = page.locator('textarea.chat-textarea:visible');
  await input.waitFor();
  step = `say "${words}" to ${name}`;
  await input.fill(words);
  await input.press('Enter');
  await said(words).waitFor();
}

try {
  await page.goto(page_address);
  step = 'log in as alice';
  await page.getByRole('link', { name: 'Chat as alice' }).click();
  step = 'see the residents in the contact list';
  for (const name of ['Ida Lovelace', 'Max Hopper', 'Zoe Noether']) await contact(name).waitFor();
  await page.waitForTimeout(2000); // for their pictures
  await picture('roster');

  await talk('Ida Lovelace', 'hello ida');
  step = 'see the answer';
  await said('You said: hello ida').waitFor();
  await page.waitForTimeout(1000); // pictures of it come after the text
  await picture('talk');

  await talk('Max Hopper', 'hello max');
  step = 'see the corrected words';
  await said('mended it').waitFor();
  await picture('correction');

  await talk('Zoe Noether', 'hello zoe');
  step = 'see the file';
  await said('I drew this').waitFor();
  await page.waitForTimeout(3000);
  await picture('file');

  step = 'open the room';
  await page.locator('converse-rooms-list .open-room', { hasText: 'on loopback' }).first().click();
  await said('Welcome, alice').waitFor();
  const input = page.locator('textarea.chat-textarea:visible');
  await input.fill('Ida, are you there?');
  await input.press('Enter');
  step = 'see the answer in the room';
  await said('You said: Ida, are you there?').waitFor();
  await page.waitForTimeout(1000);
  await picture('room');
} catch (error) {
  await picture('failed').catch(() => {});
  console.error(`could not ${step}: ${error.message.split('\n')[0]}`);
  for (const complaint of complaints) console.error(`  the page says: ${complaint}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
