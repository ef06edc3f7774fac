// The status bar item in words. Without VS Code.
import type { AnalysisState } from '../documents/documentAnalysis.ts';
import type { EngineState } from '../engineClient.ts';

export interface Status {
  readonly text: string;
  readonly tooltip: string;
  readonly severity: 'ok' | 'error';
}

export interface StatusFacts {
  readonly isOn: boolean;
  readonly engine: EngineState;
  /** Of the active file; `undefined` if there is none or it is not analysed. */
  readonly analysis: AnalysisState | undefined;
}

const name = 'Monosem';
const click = 'Click for actions.';

export function statusText({ isOn, engine, analysis }: StatusFacts): Status {
  if (engine === 'givenUp') {
    return error('stopped', 'The engine keeps crashing and is not started again by itself.');
  }
  if (!isOn) return ok('$(eye-closed)', 'Features are hidden.');
  if (analysis?.kind === 'waiting' && (engine === 'starting' || engine === 'crashed')) {
    return ok('$(loading~spin)', 'The engine is starting.');
  }
  return analysisText(analysis);
}

function analysisText(analysis: AnalysisState | undefined): Status {
  switch (analysis?.kind) {
    case undefined:
    case 'idle':
      return ok('$(eye)', 'Open a file to see its features.');
    case 'waiting':
      return ok('$(loading~spin)', 'The model is reading the file.');
    case 'analysing': {
      const done = `${Math.floor(analysis.done * 100)} %`;
      return ok('$(loading~spin)', `Features of ${done} of the file are known.`, done);
    }
    case 'ready':
      return ok('$(eye)', `Features of ${analysis.tokens.toLocaleString('en')} tokens are shown.`);
    case 'skipped':
      return ok('$(circle-slash)', analysis.reason.message);
    case 'failed':
      return error('failed', analysis.reason.message);
  }
}

function ok(icon: string, explanation: string, detail = ''): Status {
  const text = [icon, name, detail].filter((part) => part !== '').join(' ');
  return { text, tooltip: `${name}: ${explanation} ${click}`, severity: 'ok' };
}

function error(detail: string, explanation: string): Status {
  return {
    text: `$(error) ${name} ${detail}`,
    tooltip: `${name}: ${explanation} ${click}`,
    severity: 'error',
  };
}
