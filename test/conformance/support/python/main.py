"""Drives the official Python client against an API server: KUBECONFIG NAMESPACE SAMPLES.json.

Writes one JSON line a check to stdout: {"check": its name, "error": what went wrong or null}.
"""

import json
import logging
import sys
import traceback
import warnings

from kubernetes import client, config

import kinds
import machinery
import streams


def checks_of(bed):
    """All checks: their names, and functions that raise when something is wrong."""
    for sample in bed["samples"]:
        name = "{apiVersion} {kind}".format(**sample)
        yield name, lambda sample=sample: kinds.check_dynamic(bed, sample)
        if kinds.typed_methods(sample):
            yield name + " typed", lambda sample=sample: kinds.check_typed(bed, sample)
    for module in (machinery, streams):
        for name, check in module.CHECKS.items():
            yield name, lambda check=check: check(bed)


def main():
    kubeconfig, namespace, samples = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    config.load_kube_config(kubeconfig)
    with open(samples, encoding="utf8") as file:
        bed = {"namespace": namespace, "samples": json.load(file), "kubeconfig": kubeconfig}
    bed["dynamic"] = kinds.new_dynamic_client(client.ApiClient())
    for name, check in checks_of(bed):
        error = None
        try:
            check()
        except Exception:  # whatever a check raises is its result
            error = traceback.format_exc()
        print(json.dumps({"check": name, "error": error}), flush=True)


main()
