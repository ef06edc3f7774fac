// At which site of the stream a new direction is made: the suggested one unless the user chose another.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerViewState } from '../../../src/shared/webviewProtocol.ts';
import { element } from '../../common/element.ts';
import { dropdown } from '../../common/ui.ts';

export interface SitePlace {
  readonly element: HTMLElement;
  /** The empty text before there are sites. */
  readonly chosen: string;
  readonly show: (sites: SteerViewState['streamSites']) => void;
}

export function sitePlace(): SitePlace {
  let own: string | undefined;
  let chosen = '';
  let shown = '';
  const place = element('span', { class: 'direction-site' });
  return {
    element: place,
    get chosen() {
      return chosen;
    },
    show: ({ names, suggested }) => {
      const isThere = own !== undefined && names.includes(own);
      chosen = isThere && own !== undefined ? own : suggested;
      const key = JSON.stringify([names, chosen]);
      if (key === shown) return;
      shown = key;
      place.replaceChildren(
        dropdown({
          label: t('Site of the new direction'),
          choices: names.map((value) => ({ value, label: value })),
          value: chosen,
          onChange: (site) => {
            own = site;
            chosen = site;
            shown = JSON.stringify([names, chosen]);
          },
        }),
      );
    },
  };
}
