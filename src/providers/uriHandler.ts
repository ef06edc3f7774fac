// Links to Monosem, clicked on anywhere. What a link says is read in host/links/ and goes the way of our own commands,
// which check it once more; nothing is opened that is not in use already.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { commandTitle } from '../host/commands/commandTitle.ts';
import { runCommand } from '../host/commands/commands.ts';
import { quoted } from '../host/display/quoted.ts';
import { showFailure } from '../host/failures/notifications.ts';
import { readLink } from '../host/links/link.ts';
import type { NamedFeature } from '../host/links/link.ts';
import { saesNamed } from '../host/links/linkedSae.ts';
import type { Services } from '../host/services.ts';
import type { FeatureRef, SaePlace } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import { t } from '../shared/l10n.ts';

export function registerLinks(services: Services): vscode.Disposable {
  return vscode.window.registerUriHandler({
    handleUri: async (uri) => {
      try {
        await follow(services, uri);
      } catch (error) {
        void showFailure(error, services.log);
      }
    },
  });
}

async function follow(services: Services, { path, query }: vscode.Uri): Promise<void> {
  const link = readLink({ path, query });
  switch (link?.kind) {
    case undefined:
      throw new MonosemError(
        'badArgument',
        t(
          'This link names nothing that Monosem can show; copy it once more from where it was made.',
        ),
      );
    case 'token':
      await runCommand('showToken', link.offset);
      break;
    case 'view':
      await runCommand('changeView', link.view);
      break;
    case 'feature':
      await withFeature(services, link, ({ feature, sae }) =>
        runCommand('openFeature', feature, sae),
      );
      break;
    case 'occurrences':
      await withFeature(services, link, (feature) =>
        runCommand('changeView', { kind: 'feature', feature }),
      );
      break;
  }
}

/** Shows a feature, or says why it is not shown. */
async function withFeature(
  services: Services,
  named: NamedFeature,
  show: (ref: FeatureRef) => Promise<unknown>,
): Promise<void> {
  const sae = await meantSae(services, named.sae);
  if (sae === undefined) {
    void offerSaes(named);
    return;
  }
  const ref = { sae, feature: named.feature };
  const present = basename(services.model.choice.model);
  if (named.model === undefined || named.model === present) await show(ref);
  else void offerAnyway(named.model, present, () => show(ref));
}

/** The active SAE with a name; where several have it, the painted one. */
async function meantSae(
  { model, shownSae }: Services,
  name: string | undefined,
): Promise<SaePlace | undefined> {
  const painted = await shownSae.meant(undefined);
  if (name === undefined) return painted;
  const find = (): SaePlace | undefined => {
    const found = saesNamed(name, model.namedSaes);
    return found.find((sae) => sae === painted) ?? found[0];
  };
  const found = find();
  if (found !== undefined) return found;
  // Sites and names are known once the model is open.
  await model.learn();
  return find();
}

async function offerSaes({ feature, sae = '', model }: NamedFeature): Promise<void> {
  const title = commandTitle('chooseSaes');
  const message =
    model === undefined
      ? t(
          'The link is about feature {0} of the sparse autoencoder “{1}”, which is not active; choose it to see the feature.',
          feature,
          quoted(sae),
        )
      : t(
          'The link is about feature {0} of the sparse autoencoder “{1}” of {2}, which is not active; choose it to see the feature.',
          feature,
          quoted(sae),
          quoted(model),
        );
  const chosen = await vscode.window.showInformationMessage(message, title);
  if (chosen === title) await runCommand('chooseSaes');
}

async function offerAnyway(
  wanted: string,
  present: string,
  show: () => Promise<unknown>,
): Promise<void> {
  const anyway = t('Show It Anyway');
  const chosen = await vscode.window.showWarningMessage(
    t(
      'The link is about the model {0}, and {1} is in use: the feature may be another one.',
      quoted(wanted),
      quoted(present),
    ),
    anyway,
    commandTitle('openModelFolder'),
  );
  if (chosen === anyway) await show();
  else if (chosen !== undefined) await runCommand('openModelFolder');
}
