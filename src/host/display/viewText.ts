// Views in words: for the list they are chosen from and for the status bar. Without VS Code.
import { t } from '../../shared/l10n.ts';
import type { View, ViewKind } from '../view/view.ts';

interface ViewWords {
  readonly title: string;
  readonly description: string;
  /** Codicon. */
  readonly icon: string;
}

export function viewWords(kind: ViewKind): ViewWords {
  switch (kind) {
    case 'top':
      return {
        title: t('Strongest Features'),
        description: t('Every token in the colour of its strongest feature'),
        icon: '$(symbol-color)',
      };
    case 'merged':
      return {
        title: t('Strongest Features of All SAEs'),
        description: t('The feature that is closest to its own maximum, among all active SAEs'),
        icon: '$(layers)',
      };
    case 'feature':
      return {
        title: t('One Feature…'),
        description: t('Where and how strongly one feature is active, all over the file'),
        icon: '$(flame)',
      };
    case 'ablation':
      return {
        title: t('Ablation Map…'),
        description: t('Which tokens the model finds harder or easier without one feature'),
        icon: '$(beaker)',
      };
    case 'pinned':
      return {
        title: t('Pinned Features'),
        description: t('Each pinned feature in a colour of its own, all over the file'),
        icon: '$(pinned)',
      };
    case 'surprise':
      return {
        title: t('Next-Token Surprise'),
        description: t('How little the model expected each token: from 1, 3, 6 and 10 bits on'),
        icon: '$(zap)',
      };
    case 'neurons':
      return {
        title: t('Neurons of a Layer…'),
        description: t('Every token in the colour of its strongest MLP neuron'),
        icon: '$(circuit-board)',
      };
    case 'boundaries':
      return {
        title: t('Token Boundaries'),
        description: t('Where tokens begin and end, and nothing else'),
        icon: '$(split-horizontal)',
      };
    case 'off':
      return {
        title: t('Off'),
        description: t('Nothing is painted and nothing analysed'),
        icon: '$(eye-closed)',
      };
  }
}

/** What is painted, in the status bar; `undefined` for the usual view and where nothing is. */
export function viewName(view: View): string | undefined {
  switch (view.kind) {
    case 'top':
    case 'off':
      return undefined;
    case 'merged':
      return t('all SAEs');
    case 'feature':
      return `#${view.feature.feature}`;
    case 'ablation':
      return t('ablation of #{0}', view.feature.feature);
    case 'pinned':
      return t('pinned');
    case 'surprise':
      return t('surprise');
    case 'neurons':
      return t('neurons of block {0}', view.block);
    case 'boundaries':
      return t('boundaries');
  }
}

/** The same in a sentence. */
export function viewSentence(view: View): string | undefined {
  switch (view.kind) {
    case 'top':
    case 'off':
      return undefined;
    case 'merged':
      return t('Painted are the strongest features of all active SAEs.');
    case 'feature':
      return t('Painted is feature {0}, wherever it is active.', view.feature.feature);
    case 'ablation':
      return t(
        'Painted is how much harder or easier each token is to predict without feature {0}.',
        view.feature.feature,
      );
    case 'pinned':
      return t('Painted are the pinned features.');
    case 'surprise':
      return t('Painted is how little the model expected each token.');
    case 'neurons':
      return t('Painted are the MLP neurons of block {0}.', view.block);
    case 'boundaries':
      return t('Painted are the boundaries of tokens.');
  }
}
