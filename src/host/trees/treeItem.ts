// Makes tree items of entries. Texts of files and models come as plain texts and stay plain.
import * as vscode from 'vscode';
import { commands } from '../../shared/contributions.ts';
import { dimmedScheme } from './dimmed.ts';
import type { EntryIcon, TreeEntry } from './treeEntry.ts';

const states = {
  expanded: vscode.TreeItemCollapsibleState.Expanded,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
} as const;

export function treeItem(entry: TreeEntry): vscode.TreeItem {
  const { id, label, highlight, description, tooltip, icon, context, command, opens } = entry;
  const item = new vscode.TreeItem(
    { label, ...(highlight && { highlights: [[highlight[0], highlight[1]]] }) },
    opens === undefined ? vscode.TreeItemCollapsibleState.None : states[opens],
  );
  item.id = id;
  item.accessibilityInformation = { label: entry.spoken };
  if (description !== undefined) item.description = description;
  if (tooltip !== undefined) item.tooltip = tooltip;
  if (icon !== undefined) item.iconPath = iconPath(icon);
  if (context !== undefined) item.contextValue = context;
  if (command !== undefined) {
    const { id: name, title } = commands[command.name];
    item.command = { command: name, title, arguments: [...command.args] };
  }
  if (entry.isDimmed === true)
    item.resourceUri = vscode.Uri.from({ scheme: dimmedScheme, path: id });
  return item;
}

/** Parsed once: lists have few pictures and many entries. */
const pictures = new Map<string, vscode.Uri>();

function iconPath(icon: EntryIcon): vscode.IconPath {
  if ('codicon' in icon) {
    const { codicon, colour } = icon;
    return new vscode.ThemeIcon(
      codicon,
      colour === undefined ? undefined : new vscode.ThemeColor(colour),
    );
  }
  return { light: picture(icon.swatch.light), dark: picture(icon.swatch.dark) };
}

function picture(address: string): vscode.Uri {
  const known = pictures.get(address);
  if (known !== undefined) return known;
  const parsed = vscode.Uri.parse(address);
  pictures.set(address, parsed);
  return parsed;
}
