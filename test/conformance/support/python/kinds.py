"""Every verb of every kind, by the dynamic client and by the generated classes."""

import copy
import inspect
import json
import os
import re
import tempfile
import time

from kubernetes import client
from kubernetes.client.rest import ApiException
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError

# Nothing takes the finalizers of these away where no controller runs.
HELD = ("Namespace", "PersistentVolume", "PersistentVolumeClaim", "VolumeAttributesClass")


def new_dynamic_client(api_client):
    """A dynamic client with a discovery cache of its own."""
    file = os.path.join(tempfile.mkdtemp(), "discovery.json")
    return DynamicClient(api_client, cache_file=file)


def expect(actual, wanted):
    """Raises unless two values are equal."""
    if actual != wanted:
        raise AssertionError("got {!r}, wanted {!r}".format(actual, wanted))


def expect_error(status, reason, call):
    """Raises unless a call fails with a Status of this code and reason; answers the exception."""
    try:
        call()
    except ApiException as error:
        expect(error.status, status)
        if '"reason":"%s"' % reason not in str(error.body).replace(" ", ""):
            raise AssertionError("no reason {} in {}".format(reason, error.body)) from error
        return error
    raise AssertionError("no error, wanted {} {}".format(status, reason))


def apply(resource, body, **options):
    """Applies an object; the client serializes only bodies whose type says JSON."""
    name = body["metadata"]["name"]
    return resource.server_side_apply(body=json.dumps(body), name=name, **options)


def check_dynamic(bed, sample):
    """Create, get, list, three patches, replace, dry run and delete by the dynamic client."""
    dynamic, name = bed["dynamic"], sample["metadata"]["name"]
    resource = dynamic.resources.get(api_version=sample["apiVersion"], kind=sample["kind"])
    where = {"namespace": bed["namespace"]} if resource.namespaced else {}
    one = {"name": name, **where}
    body = copy.deepcopy(sample)
    resource.create(body=body, dry_run="All", **where)
    created = resource.create(body=body, **where)
    try:
        expect(resource.get(**one).metadata.uid, created.metadata.uid)
        listed = resource.get(field_selector="metadata.name=" + name, **where)
        expect([item.metadata.name for item in listed.items], [name])
        expect_error(409, "AlreadyExists", lambda: resource.create(body=body, **where))
        merged = resource.patch(
            body={"metadata": {"annotations": {"by": "merge"}}},
            content_type="application/merge-patch+json",
            **one,
        )
        expect(merged.metadata.annotations["by"], "merge")
        strategic = resource.patch(body={"metadata": {"annotations": {"by": "strategic"}}}, **one)
        expect(strategic.metadata.annotations["by"], "strategic")
        pointer = [{"op": "replace", "path": "/metadata/annotations/by", "value": "json"}]
        patched = resource.patch(body=pointer, content_type="application/json-patch+json", **one)
        expect(patched.metadata.annotations["by"], "json")
        applied = apply(
            resource,
            {
                "apiVersion": sample["apiVersion"],
                "kind": sample["kind"],
                "metadata": {"name": name, "labels": {"applied": "yes"}},
            },
            field_manager="python",
            **where,
        )
        expect(applied.metadata.labels["applied"], "yes")
        # What is served in two versions says in which one it was read.
        current = resource.get(**one).to_dict()
        stale = copy.deepcopy(created.to_dict())
        current["metadata"]["labels"]["replaced"] = "yes"
        expect(resource.replace(body=current, **where).metadata.labels["replaced"], "yes")
        stale["metadata"]["resourceVersion"] = "1"
        try:
            resource.replace(body=stale, **where)
            raise AssertionError("a stale replace was taken")
        except ConflictError:
            pass
    finally:
        resource.delete(body={"gracePeriodSeconds": 0, "propagationPolicy": "Background"}, **one)
    if sample["kind"] not in HELD:
        expect_gone(lambda: resource.get(**one))


def expect_gone(get):
    """Raises unless an object goes: definitions of resources go after their objects."""
    for _ in range(100):
        try:
            get()
        except NotFoundError:
            return
        time.sleep(0.1)
    raise AssertionError("still there")


def snake(kind):
    """ConfigMap as the generated classes write it: config_map."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind).lower()


def typed_methods(sample):
    """The methods of the generated class for a kind by verb, or None: newer than the client."""
    group, _, version = sample["apiVersion"].rpartition("/")
    words = re.sub(r"\.k8s\.io$", "", group).split(".") if group else ["core"]
    name = "".join(word.capitalize() for word in words) + version.capitalize() + "Api"
    api = getattr(client, name, None)
    if api is None:
        return None
    instance, kind = api(), snake(sample["kind"])
    for scope in ("namespaced_", ""):
        if hasattr(instance, "create_" + scope + kind):
            verbs = ("create", "read", "list", "patch", "replace", "delete")
            return {verb: getattr(instance, verb + "_" + scope + kind) for verb in verbs}
    return None


def check_typed(bed, sample):
    """The same by the generated classes, whose models refuse answers without required fields."""
    verbs, name = typed_methods(sample), sample["metadata"]["name"]
    where = {}
    if "namespace" in inspect.signature(verbs["create"]).parameters:
        where["namespace"] = bed["namespace"]
    if sample["kind"] in HELD:
        name = name + "-typed"
    body = copy.deepcopy(sample)
    body["metadata"]["name"] = name
    if sample["kind"] == "CSINode":
        # A list without items is null in the answer, which the model refuses.
        body["spec"] = {"drivers": [{"name": "driver.example.com", "nodeID": "sample"}]}
    created = verbs["create"](body=body, **where)
    try:
        expect(created.kind, sample["kind"])
        expect(verbs["read"](name=name, **where).metadata.uid, created.metadata.uid)
        names = [item.metadata.name for item in verbs["list"](**where).items]
        expect(name in names, True)
        verbs["patch"](name=name, body={"metadata": {"labels": {"by": "typed"}}}, **where)
        current = verbs["read"](name=name, **where)
        expect(current.metadata.labels["by"], "typed")
        current.metadata.labels["replaced"] = "yes"
        replaced = verbs["replace"](name=name, body=current, **where)
        expect(replaced.metadata.labels["replaced"], "yes")
    finally:
        verbs["delete"](
            name=name, grace_period_seconds=0, propagation_policy="Background", **where
        )
