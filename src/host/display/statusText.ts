// The status bar item in words: how the analysis of the active file is doing, and what runs where. Without VS Code.
import type { CommandName } from '../../shared/contributions.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { AnalysisState } from '../documents/documentAnalysis.ts';
import type { EngineState } from '../engine/engineClient.ts';
import type { ModelPlace } from '../source/modelInUse.ts';
import type { View } from '../view/view.ts';
import { oneLine } from './oneLine.ts';
import { providerName } from './providerName.ts';
import { viewName, viewSentence } from './viewText.ts';

export interface Status {
  readonly text: string;
  /** Plain text, several lines. */
  readonly tooltip: string;
  readonly severity: 'ok' | 'warning' | 'error';
  /** What helps, to be offered first. */
  readonly action?: CommandName;
}

export interface StatusFacts {
  /** The chosen one. */
  readonly view: View;
  readonly engine: EngineState;
  /** Of the active file; `undefined` if there is none or it is not analysed. */
  readonly analysis: AnalysisState | undefined;
  /** `undefined` until the model is open. */
  readonly place?: ModelPlace | undefined;
  /** What the painted SAE is called, where several are active. */
  readonly painted?: string | undefined;
  /** Verdicts on active SAEs that read the model otherwise than they were trained to. */
  readonly warnings?: readonly string[];
}

/** What is said; `detail` is the word beside the name in the status bar. */
interface Saying {
  readonly icon: string;
  readonly explanation: string;
  readonly detail?: string;
  readonly severity?: 'warning' | 'error';
  readonly action?: CommandName;
}

const name = 'Monosem';
const eye = '$(eye)';

export function statusText(facts: StatusFacts): Status {
  const { view, place, painted, warnings = [] } = facts;
  const saying = withWarnings(whatToSay(facts), warnings);
  const { icon, explanation, detail, severity = 'ok', action } = saying;
  const accelerator =
    place === undefined || place.provider === 'cpu' ? undefined : providerName(place.provider);
  const standing = [viewName(view), painted && oneLine(painted), accelerator]
    .filter((part) => part !== undefined)
    .map((part) => `· ${part}`);
  const text = [icon, name, ...(detail === undefined ? standing : [detail])].join(' ');
  const tooltip = [
    `${name}: ${explanation}`,
    ...warnings.map(oneLine),
    viewSentence(view),
    painted === undefined ? undefined : t('Painted are the features at {0}.', oneLine(painted)),
    ...placeLines(place),
    t('Click for actions.'),
  ]
    .filter((line) => line !== undefined)
    .join('\n');
  return { text, tooltip, severity, ...(action && { action }) };
}

/** A failure is more urgent than a warning, and so is what is going on. */
function withWarnings(saying: Saying, warnings: readonly string[]): Saying {
  const isCalm = saying.severity === undefined && saying.action === undefined;
  if (warnings.length === 0 || !isCalm || saying.icon !== eye) return saying;
  return { ...saying, icon: '$(warning)', severity: 'warning', action: 'showDiagnostics' };
}

function placeLines(place: ModelPlace | undefined): readonly string[] {
  if (place === undefined) return [];
  const { name: model, variant, provider, reason } = place;
  return [[model, variant, providerName(provider)].map(oneLine).join(' · '), oneLine(reason)];
}

function whatToSay({ view, engine, analysis, place }: StatusFacts): Saying {
  if (engine === 'givenUp') {
    return failure(
      t('stopped'),
      t('The engine keeps crashing and is not started again by itself.'),
    );
  }
  if (view.kind === 'off') return { icon: '$(eye-closed)', explanation: t('Features are hidden.') };
  if (analysis?.kind === 'waiting' && (engine === 'starting' || engine === 'crashed')) {
    return { icon: '$(loading~spin)', explanation: t('The engine is starting.') };
  }
  if (analysis?.kind === 'waiting' && place === undefined) {
    return { icon: '$(loading~spin)', explanation: t('The model is being opened.') };
  }
  return aboutAnalysis(analysis);
}

function aboutAnalysis(analysis: AnalysisState | undefined): Saying {
  switch (analysis?.kind) {
    case undefined:
    case 'idle':
      return { icon: eye, explanation: t('Open a file to see its features.') };
    case 'stopped': {
      const explanation = t(
        'The analysis was stopped. It goes on when you resume it, edit the text or choose a view.',
      );
      return {
        ...{ icon: '$(debug-pause)', explanation, detail: `· ${t('stopped')}` },
        ...{ action: 'resumeAnalysis' },
      };
    }
    case 'waiting':
      return { icon: '$(loading~spin)', explanation: t('The model is reading the file.') };
    case 'analysing': {
      const detail = `${Math.floor(analysis.done * 100)}%`;
      const explanation = t('Features of {0} of the file are known.', detail);
      return { icon: '$(loading~spin)', explanation, detail };
    }
    case 'ready': {
      const tokens = analysis.tokens.toLocaleString('en');
      return { icon: eye, explanation: t('Features of {0} tokens are shown.', tokens) };
    }
    case 'skipped':
      return aboutSkipped(analysis.reason);
    case 'failed':
      return failure(t('failed'), analysis.reason.message);
  }
}

function aboutSkipped(reason: MonosemError): Saying {
  const saying = { icon: '$(circle-slash)', explanation: reason.message };
  return MonosemError.is(reason, 'noSae')
    ? { ...saying, detail: `· ${t('no SAE')}`, action: 'chooseSaes' }
    : saying;
}

function failure(detail: string, explanation: string): Saying {
  return { icon: '$(error)', explanation, detail, severity: 'error' };
}
