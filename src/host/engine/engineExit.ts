// How the engine process ended, for the log and for people. Without VS Code.
import { t } from '../../shared/l10n.ts';

export interface EngineExit {
  /** `error`: it could not be started or reached. */
  readonly how: 'error' | 'code' | 'signal';
  /** Message of the error, the exit code, or the name of the signal. */
  readonly detail: string;
}

/** One sentence. */
export function exitText({ how, detail }: EngineExit): string {
  switch (how) {
    case 'error':
      return t('It could not be started or reached: {0}', detail);
    case 'code':
      return t('It ended with exit code {0}.', detail);
    case 'signal':
      return t('It was ended by {0}.', detail);
  }
}
