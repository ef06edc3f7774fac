// The calls of the API that compute something. Loaded with the first of them: most windows make none.
import type { Services } from '../services.ts';
import { TextAnalyser } from './analyse.ts';
import { featureFacts } from './features.ts';
import { steerText } from './steer.ts';
import type { FeatureFacts, SteeredText, TextAnalysis } from './types.ts';

export class ApiCalls {
  readonly #services: Services;
  readonly #analyser: TextAnalyser;

  constructor(services: Services) {
    this.#services = services;
    this.#analyser = new TextAnalyser(services);
  }

  async analyse(text?: unknown, options?: unknown): Promise<TextAnalysis> {
    return this.#analyser.analyse(text, options);
  }

  async features(query?: unknown, options?: unknown): Promise<readonly FeatureFacts[]> {
    return featureFacts(this.#services, query, options);
  }

  async steer(request?: unknown, options?: unknown): Promise<SteeredText> {
    return steerText(this.#services, request, options);
  }
}
