// The workbench as a person uses it: files, commands, the cursor, hovers, views. Tests speak in these words; only this
// file knows VS Code's class names.
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

const startTimeoutMs = 180_000;
const viewTimeoutMs = 60_000;
/** VS Code shows a hover when the mouse has rested this long, with some reserve, in milliseconds. */
const hoverTimeoutMs = 3_000;
const hoverAttempts = 4;
const menuDelayMs = 300;

/** A painted stretch of text: the colour behind it, and the width of the line below it in pixels. */
export interface Look {
  readonly background: string;
  readonly line: number;
}

export class Workbench {
  readonly #window: { readonly page: Page };

  /** @param window its page may come later than this */
  constructor(window: { readonly page: Page }) {
    this.#window = window;
  }

  get #page(): Page {
    return this.#window.page;
  }

  /** Waits until the workbench is drawn and the extension has put its item into the status bar. */
  async ready(): Promise<void> {
    await this.statusItem.waitFor({ timeout: startTimeoutMs });
  }

  /** Our item in the status bar. */
  get statusItem(): Locator {
    return this.#page.locator('.statusbar-item', { hasText: 'Monosem' }).first();
  }

  /** Something is being analysed. */
  async isBusy(): Promise<boolean> {
    return (await this.statusItem.locator('.codicon-loading').count()) > 0;
  }

  /** The box at the top where commands are typed and questions answered. */
  get quickInput(): Locator {
    return this.#page.locator('.quick-input-widget');
  }

  /** What the box offers. */
  get offers(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row');
  }

  /** The text of the file in the first column. */
  get editor(): Locator {
    return this.#page.locator('.editor-group-container .monaco-editor .view-lines').first();
  }

  /** What is painted behind the text by extensions. */
  get coloured(): Locator {
    return this.#page.locator('.monaco-editor .view-overlays [class*="ced-"]');
  }

  /** The colours behind the text. */
  async colours(): Promise<Set<string>> {
    const colours = await this.coloured.evaluateAll((elements) =>
      elements.map((element) => getComputedStyle(element).backgroundColor),
    );
    return new Set(colours);
  }

  /** Opens a file that the explorer shows. */
  async openFile(name: string): Promise<void> {
    await this.#page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: name })
      .dblclick();
    await this.#tab(name).waitFor();
    await this.editor.locator('.view-line').first().waitFor();
  }

  #tab(name: string): Locator {
    return this.#page.locator('.tab', { hasText: name });
  }

  /** Runs a command by its title, as from the command palette. */
  async runCommand(title: string): Promise<void> {
    const box = await this.#choose('F1', title);
    await box.waitFor({ state: 'hidden' });
  }

  /** Runs a command that goes on with another question in the same place. */
  async runAskingCommand(title: string): Promise<void> {
    await this.#choose('F1', title);
  }

  /** Chooses from the list that such a command shows. */
  async answer(text: string | RegExp): Promise<void> {
    await this.offers.filter({ hasText: text }).first().click();
  }

  /** Goes to what a list that a command shows has, as soon as it is there, without choosing it. */
  async goTo(text: string): Promise<void> {
    await this.offers.filter({ hasText: text }).first().waitFor();
    await this.quickInput.locator('input').first().fill(text);
  }

  /** How what is painted looks, place by place. */
  async looks(): Promise<readonly Look[]> {
    return this.coloured.evaluateAll((elements) =>
      elements.map((element) => {
        const style = getComputedStyle(element);
        return {
          background: style.backgroundColor,
          line: Number.parseFloat(style.borderBottomWidth),
        };
      }),
    );
  }

  /** What is written behind the ends of lines. */
  async lineLabels(): Promise<readonly string[]> {
    const lines = this.editor.locator('[class*="ced-"]');
    const contents = await lines.evaluateAll((elements) =>
      elements.map((element) => getComputedStyle(element, '::after').content),
    );
    return contents.filter((content) => content.startsWith('"')).map((text) => text.slice(1, -1));
  }

  async #choose(key: string, text: string): Promise<Locator> {
    const box = await this.#type(key, text);
    await this.answer(text);
    return box;
  }

  /** Answers the dialog for a folder, which in the browser is an input box with a path. */
  async enterFolder(folder: string): Promise<void> {
    const box = this.quickInput;
    const input = box.locator('input[type="text"]').first();
    await expect.poll(() => input.inputValue()).toMatch(/\/$/);
    // The box fills in its own first folder more than once while it looks at the disk: written again until it stays.
    const write = async (): Promise<string> => {
      if ((await input.inputValue()) !== `${folder}/`) await input.fill(`${folder}/`);
      await this.#page.waitForTimeout(200);
      return input.inputValue();
    };
    await expect.poll(write, { timeout: 10_000 }).toBe(`${folder}/`);
    await box.getByRole('button', { name: 'Choose' }).click();
    await box.waitFor({ state: 'hidden' });
  }

  /** Opens the input box at the top and types into it. */
  async #type(key: string, text: string): Promise<Locator> {
    const box = this.quickInput;
    await this.#page.keyboard.press(key);
    await box.locator('input').first().waitFor();
    await this.#page.keyboard.type(text);
    return box;
  }

  /** Gives its width to the editors. */
  async closeSideBar(): Promise<void> {
    await this.runCommand('View: Close Primary Side Bar');
  }

  /** Shows a container of the activity bar, also where it is shown already. */
  async openContainer(name: string): Promise<void> {
    const tab = this.#page.locator('.activitybar').getByRole('tab', { name });
    if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
  }

  /** Opens a view of the container that is shown. */
  async openView(title: string): Promise<void> {
    const header = this.#pane(title).locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
  }

  /** What a list at the side has in sight. */
  listRows(view: string): Locator {
    return this.#pane(view).locator('.monaco-list-row');
  }

  /** What a list at the side says above itself. */
  listMessage(view: string): Locator {
    return this.#pane(view).locator('.message');
  }

  /** VS Code writes titles with capital letters of its own. */
  #pane(title: string): Locator {
    return this.#page.locator('.pane', { has: this.paneHeader(title) });
  }

  /** What stands above a view of the side bar, by how it begins. */
  paneHeader(title: string): Locator {
    return this.#page.locator(`.pane-header[aria-label^="${title}" i]`);
  }

  /** The hover that is shown now. */
  get hover(): Locator {
    return this.#page.locator('.monaco-hover:not(.hidden) .hover-contents').first();
  }

  /** Rests the mouse on the first place where `word` stands, until a hover appears. */
  async hoverOver(word: string): Promise<void> {
    const { x, y } = await this.#placeOf(word);
    for (let attempt = 1; attempt <= hoverAttempts; attempt += 1) {
      await this.#page.mouse.move(x + attempt, y + 40);
      await this.#page.mouse.move(x + attempt, y);
      try {
        await this.hover.waitFor({ timeout: hoverTimeoutMs });
        return;
      } catch (error) {
        if (attempt === hoverAttempts) throw error;
      }
    }
  }

  /** Middle of a word of the open file, in page coordinates. */
  async #placeOf(word: string): Promise<{ x: number; y: number }> {
    const place = await this.editor.evaluate((lines, wanted) => {
      const walker = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = (node.textContent ?? '').indexOf(wanted);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const { left, top, width, height } = range.getBoundingClientRect();
        return { x: left + width / 2, y: top + height / 2 };
      }
      return null;
    }, word);
    if (place === null) throw new Error(`"${word}" is not in the part of the file that is shown`);
    return place;
  }

  /** Selects a whole line, 1 = first. */
  async selectLine(line: number): Promise<void> {
    await this.editor.click();
    const box = await this.#type('Control+G', `${line}`);
    await this.#page.keyboard.press('Enter');
    await box.waitFor({ state: 'hidden' });
    // With wrapped lines Home and End stop at the screen line: twice reaches the real ends.
    await this.#page.keyboard.press('Home');
    await this.#page.keyboard.press('Home');
    await this.#page.keyboard.press('Shift+End');
    await this.#page.keyboard.press('Shift+End');
  }

  /** Opens a line for steering. @returns the panel */
  async steerLine(line: number): Promise<FrameLocator> {
    await this.selectLine(line);
    await this.runCommand('Monosem: Steer Selection');
    // Away from the button that lies where the command did, and its tooltip.
    await this.#page.mouse.move(700, 700);
    return this.view('.feature-row');
  }

  /** The document inside the webview that contains `selector` with `text`. */
  async view(selector: string, text: string | RegExp = ''): Promise<FrameLocator> {
    const deadline = Date.now() + viewTimeoutMs;
    const views = this.#page.locator('iframe.webview');
    for (;;) {
      for (let index = 0; index < (await views.count()); index += 1) {
        const frame = views.nth(index).contentFrame().locator('#active-frame').contentFrame();
        const landmark = frame.locator(selector, { hasText: text }).first();
        if (await landmark.isVisible()) return frame;
      }
      if (Date.now() > deadline) throw new Error(`no view shows ${selector} ${String(text)}`);
      await this.#page.waitForTimeout(200);
    }
  }

  /** A view of the side bar, by its name. */
  pane(name: string): Locator {
    return this.#page.locator('.pane', {
      has: this.#page.locator('.pane-header', { hasText: name }),
    });
  }

  /** What is painted behind one side of the diff editor in front. */
  colouredIn(side: 'original' | 'modified'): Locator {
    return this.#page.locator(`.monaco-diff-editor .editor.${side} .view-overlays [class*="ced-"]`);
  }

  /** Selects files in the explorer and chooses from their context menu. */
  async chooseForFiles(names: readonly string[], action: string): Promise<void> {
    const row = (name: string): Locator =>
      this.#page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
    const selected = this.#page.locator('.explorer-folders-view .monaco-list-row.selected');
    // A file that opens is selected alone, maybe only after the others were added: begun again until all are.
    const select = async (): Promise<number> => {
      for (const [n, name] of names.entries()) {
        await row(name).click(n === 0 ? {} : { modifiers: ['Control'] });
      }
      await this.#page.waitForTimeout(200);
      return selected.count();
    };
    await expect.poll(select, { timeout: 30_000, interval: 300 }).toBe(names.length);
    await row(names.at(-1) ?? '').click({ button: 'right' });
    // A menu takes no notice of a button that is let go in its first tenth of a second.
    const item = this.#page.locator('.monaco-menu .action-item', { hasText: action });
    await item.click({ delay: menuDelayMs });
  }
}
