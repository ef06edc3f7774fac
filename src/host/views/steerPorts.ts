// What a steering session needs of the rest. Without VS Code.
import type { SaePlace, Source } from '../../shared/engineProtocol.ts';
import type { ToSteerView } from '../../shared/webviewProtocol.ts';
import type { FeatureBriefs } from '../display/features/featureBriefs.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Directions } from '../steering/directions.ts';

export interface SteerPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly briefs: FeatureBriefs;
  /** Of this session. */
  readonly directions: Directions;
  readonly source: () => Promise<Source>;
  /** The SAE whose features are painted. */
  readonly painted: () => SaePlace | undefined;
  readonly post: (message: ToSteerView) => void;
  /** Posts as soon as the view is ready, for what no later snapshot says. */
  readonly tell: (message: ToSteerView) => void;
  readonly canInsert: () => boolean;
  readonly canReplace: () => boolean;
  /** Changes run by themselves. */
  readonly isLive: () => boolean;
}
