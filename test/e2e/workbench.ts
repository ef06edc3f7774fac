// The workbench as a person uses it: files, commands, the cursor, hovers, views. Tests speak in these words; only this
// file knows VS Code's class names.
import type { FrameLocator, Locator, Page } from 'playwright-core';

export class Workbench {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits until the workbench is drawn and its extension host runs. */
  async ready(): Promise<void> {
    await this.#page
      .locator('.monaco-workbench .statusbar-item')
      .first()
      .waitFor({ timeout: 60_000 });
  }

  /** The text area of the file that has the focus. */
  get editor(): Locator {
    return this.#page.locator('.editor-group-container.active .monaco-editor .view-lines').first();
  }

  /** Opens a file of the workspace by name. */
  async openFile(name: string): Promise<void> {
    await this.#quickInput('Control+P', name);
    await this.#page.locator('.tab.active', { hasText: name }).waitFor();
    await this.editor.locator('.view-line').first().waitFor();
  }

  /** Runs a command by its title, as from the command palette. */
  async runCommand(title: string): Promise<void> {
    await this.#quickInput('F1', title);
  }

  async #quickInput(key: string, text: string): Promise<void> {
    const box = this.#page.locator('.quick-input-widget');
    await this.#page.keyboard.press(key);
    await box.locator('input').first().waitFor();
    await this.#page.keyboard.type(text);
    await box.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
    await box.waitFor({ state: 'hidden' });
  }

  statusItem(text: string | RegExp): Locator {
    return this.#page.locator('.statusbar-item', { hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.#page.locator('.notification-toast', { hasText: text });
  }

  /** The hover that is shown now. */
  get hover(): Locator {
    return this.#page
      .locator('.monaco-hover:visible .hover-contents, .monaco-hover:visible')
      .first();
  }

  /** Rests the mouse on the first place of the editor where `word` stands as a piece of its own. */
  async hoverOver(word: string): Promise<void> {
    const piece = this.editor.locator('.view-line span span', { hasText: word }).first();
    await piece.scrollIntoViewIfNeeded();
    await piece.hover();
    await this.hover.waitFor();
  }

  /** Puts the cursor at the start of a line and selects to its end. */
  async selectLine(line: number): Promise<void> {
    await this.#quickInputLine(line);
    await this.#page.keyboard.press('Home');
    await this.#page.keyboard.press('Shift+End');
  }

  async #quickInputLine(line: number): Promise<void> {
    const box = this.#page.locator('.quick-input-widget');
    await this.#page.keyboard.press('Control+G');
    await box.locator('input').first().waitFor();
    await this.#page.keyboard.type(`${line}`);
    await this.#page.keyboard.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  /** The document inside the webview that contains `landmark`, a CSS selector. */
  webview(index = 0): FrameLocator {
    return this.#page
      .locator('iframe.webview.ready')
      .nth(index)
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame();
  }
}
