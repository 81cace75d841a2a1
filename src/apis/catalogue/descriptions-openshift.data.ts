import type { Descriptions } from '../openapi/openapi-resource.ts';

/** DESCRIPTIONS_OPENSHIFT describe the OpenShift kinds for `explain`. */
export const DESCRIPTIONS_OPENSHIFT: Descriptions = {};
