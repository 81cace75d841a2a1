import { ageColumn, column, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import type { EndpointSlice } from './types.ts';

function few(all: readonly string[]): string {
  if (all.length === 0) return '<unset>';
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

/** ENDPOINT_SLICE_COLUMNS are the columns of `kubectl get endpointslices`. */
export const ENDPOINT_SLICE_COLUMNS: readonly PrinterColumn<EndpointSlice>[] = [
  nameColumn(),
  column('AddressType', 'IPv4, IPv6 or FQDN.', (slice) => slice.addressType),
  column('Ports', 'The ports of all endpoints.', (slice) =>
    few(
      (slice.ports ?? []).map(({ port, name }) => (port === undefined ? name || '*' : `${port}`)),
    ),
  ),
  column('Endpoints', 'The addresses.', (slice) =>
    few((slice.endpoints ?? []).flatMap(({ addresses }) => addresses)),
  ),
  ageColumn(),
];
