import type { EndpointSlice } from './types.ts';

/** defaultEndpointSlice makes ports nameless TCP ones where nothing is said. */
export function defaultEndpointSlice(slice: EndpointSlice): void {
  for (const port of slice.ports ?? []) {
    port.name ??= '';
    port.protocol ??= 'TCP';
  }
}
