"""What clients do beside the verbs: pages, watches, apply, manifests, elections, reviews."""

import copy
import json
import tempfile
import threading

import yaml
from kinds import apply, expect, expect_error, new_dynamic_client
from kubernetes import client, utils, watch
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock


def config_map(name, labels=None, data=None):
    return client.V1ConfigMap(
        metadata=client.V1ObjectMeta(name=name, labels=labels), data=data or {"key": "value"}
    )


def check_pages(bed):
    core, namespace = client.CoreV1Api(), bed["namespace"]
    names = ["page-%02d" % number for number in range(7)]
    for name in names:
        core.create_namespaced_config_map(namespace, config_map(name, {"paged": "yes"}))
    seen, token, remaining = [], None, []
    while True:
        page = core.list_namespaced_config_map(
            namespace, label_selector="paged=yes", limit=3, _continue=token
        )
        seen += [item.metadata.name for item in page.items]
        remaining.append(page.metadata.remaining_item_count)
        token = page.metadata._continue
        if not token:
            break
    expect(seen, names)
    # With a selector nobody counts what is left.
    expect(remaining, [None, None, None])
    first = core.list_namespaced_config_map(namespace, limit=1)
    expect(first.metadata.remaining_item_count > 5, True)
    status = core.delete_collection_namespaced_config_map(namespace, label_selector="paged=yes")
    expect(status.kind, "ConfigMapList")
    left = core.list_namespaced_config_map(namespace, label_selector="paged=yes")
    expect(left.items, [])


def check_watch(bed):
    core, namespace = client.CoreV1Api(), bed["namespace"]
    start = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.create_namespaced_config_map(namespace, config_map("watched"))
    body = {"data": {"key": "other"}}
    core.patch_namespaced_config_map("watched", namespace, body)
    core.delete_namespaced_config_map("watched", namespace)
    seen, watcher = [], watch.Watch()
    stream = watcher.stream(
        core.list_namespaced_config_map,
        namespace,
        field_selector="metadata.name=watched",
        resource_version=start,
        allow_watch_bookmarks=True,
        timeout_seconds=10,
    )
    for event in stream:
        seen.append((event["type"], event["object"].data["key"]))
        if event["type"] == "DELETED":
            watcher.stop()
    expect(seen, [("ADDED", "value"), ("MODIFIED", "other"), ("DELETED", "other")])
    ended = watch.Watch().stream(
        core.list_namespaced_config_map,
        namespace,
        field_selector="metadata.name=nothing",
        timeout_seconds=1,
    )
    expect(list(ended), [])


def check_dynamic_watch(bed):
    resource = bed["dynamic"].resources.get(api_version="v1", kind="ConfigMap")
    namespace = bed["namespace"]
    start = resource.get(namespace=namespace).metadata.resourceVersion
    body = {"metadata": {"name": "seen", "labels": {"seen": "yes"}}}
    resource.create(body={"apiVersion": "v1", "kind": "ConfigMap", **body}, namespace=namespace)
    events = resource.watch(
        namespace=namespace, label_selector="seen=yes", resource_version=start, timeout=10
    )
    event = next(events)
    expect((event["type"], event["object"].metadata.name), ("ADDED", "seen"))
    resource.delete(name="seen", namespace=namespace)
    event = next(events)
    expect((event["type"], event["object"].metadata.name), ("DELETED", "seen"))
    events.close()


def check_apply(bed):
    core, namespace = client.CoreV1Api(), bed["namespace"]
    resource = bed["dynamic"].resources.get(api_version="v1", kind="ConfigMap")
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "applied"},
        "data": {"one": "1", "two": "2"},
    }
    where = {"namespace": namespace}
    apply(resource, body, field_manager="first", **where)
    again = apply(resource, body, field_manager="first", **where)
    other = copy.deepcopy(body)
    other["data"] = {"two": "II"}
    second = {"field_manager": "second", **where}
    error = expect_error(409, "Conflict", lambda: apply(resource, other, **second))
    causes = json.loads(error.body)["details"]["causes"]
    expect(causes[0]["reason"], "FieldManagerConflict")
    expect(causes[0]["field"], ".data.two")
    forced = apply(resource, other, force_conflicts=True, **second)
    expect(forced.to_dict()["data"], {"one": "1", "two": "II"})
    expect(forced.metadata.uid, again.metadata.uid)
    body["data"] = {"two": "II"}
    left = apply(resource, body, field_manager="first", **where)
    expect(left.to_dict()["data"], {"two": "II"})
    managers = core.read_namespaced_config_map("applied", namespace).metadata.managed_fields
    expect(sorted(one.manager for one in managers), ["first", "second"])
    resource.delete(name="applied", **where)


MANIFEST = """
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: from-yaml}
  spec: {selector: {app: from-yaml}, ports: [{port: 80, targetPort: web}]}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: from-yaml}
  spec:
    replicas: 0
    selector: {matchLabels: {app: from-yaml}}
    template:
      metadata: {labels: {app: from-yaml}}
      spec: {containers: [{name: web, image: "example/web:1", ports: [{name: web, containerPort: 8080}]}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: from-yaml}
spec:
  schedule: "*/5 * * * *"
  suspend: true
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: run, image: "example/run:1"}]}}}}
"""


def check_manifests(bed):
    api, namespace = client.ApiClient(), bed["namespace"]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(MANIFEST)
        file.flush()
        made = utils.create_from_yaml(api, file.name, namespace=namespace)
        expect(sum(len(group) for group in made), 3)
        try:
            utils.create_from_yaml(api, file.name, namespace=namespace)
            raise AssertionError("created twice")
        except utils.FailToCreateError as error:
            expect([one.status for one in error.api_exceptions], [409, 409, 409])
    read = client.AppsV1Api().read_namespaced_deployment("from-yaml", namespace)
    expect(read.spec.strategy.rolling_update.max_surge, "25%")
    client.AppsV1Api().delete_namespaced_deployment("from-yaml", namespace)
    client.CoreV1Api().delete_namespaced_service("from-yaml", namespace)
    client.BatchV1Api().delete_namespaced_cron_job("from-yaml", namespace)


def check_scale(bed):
    apps, namespace = client.AppsV1Api(), bed["namespace"]
    body = next(item for item in yaml.safe_load_all(MANIFEST))["items"][1]
    apps.create_namespaced_deployment(namespace, body)
    scale = apps.read_namespaced_deployment_scale("from-yaml", namespace)
    expect((scale.spec.replicas or 0, scale.status.selector), (0, "app=from-yaml"))
    scale.spec.replicas = 2
    apps.replace_namespaced_deployment_scale("from-yaml", namespace, scale)
    patch = [{"op": "test", "path": "/spec/replicas", "value": 2}]
    patch += [{"op": "replace", "path": "/spec/replicas", "value": 3}]
    scaled = apps.patch_namespaced_deployment_scale("from-yaml", namespace, patch)
    expect(scaled.spec.replicas, 3)
    status = {"metadata": {"annotations": {"seen": "yes"}}}
    status["status"] = {"conditions": [{"type": "Ok", "status": "True"}]}
    patched = apps.patch_namespaced_deployment_status("from-yaml", namespace, status)
    expect((patched.spec.replicas, patched.status.conditions[0].type), (3, "Ok"))
    expect((patched.metadata.annotations["seen"], patched.metadata.generation), ("yes", 3))
    apps.delete_namespaced_deployment("from-yaml", namespace, propagation_policy="Background")


def check_election(bed):
    namespace, leading = bed["namespace"], []
    rounds = {"lease_duration": 3, "renew_deadline": 2, "retry_period": 1}

    def campaign(identity):
        lock = ConfigMapLock("election", namespace, identity)
        settings = electionconfig.Config(
            lock, onstarted_leading=lambda: None, onstopped_leading=lambda: None, **rounds
        )
        election = leaderelection.LeaderElection(settings)
        if election.acquire():
            leading.append(identity)

    threads = [threading.Thread(target=campaign, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Nobody renews: the second takes over when the first's lease is over.
    expect(sorted(leading), ["one", "two"])
    client.CoreV1Api().delete_namespaced_config_map("election", namespace)


def check_discovery(bed):
    dynamic = new_dynamic_client(client.ApiClient())
    pods = dynamic.resources.get(short_names=["po"], api_version="v1")
    expect((pods.kind, pods.namespaced), ("Pod", True))
    expect("log" in pods.subresources and "eviction" in pods.subresources, True)
    expect(dynamic.resources.get(kind="Deployment").group_version, "apps/v1")
    everything = dynamic.resources.search(categories=["all"])
    expect({"Pod", "Service", "StatefulSet"} <= {one.kind for one in everything}, True)
    expect(client.VersionApi().get_code().major, "1")
    groups = {group.name for group in client.ApisApi().get_api_versions().groups}
    expect({"apps", "batch", "policy", "apiextensions.k8s.io"} <= groups, True)
    expect(client.CoreApi().get_api_versions().versions, ["v1"])
    resources = client.CoreV1Api().get_api_resources().resources
    expect("pods/exec" in [one.name for one in resources], True)
    keys = client.WellKnownApi().get_service_account_issuer_open_id_configuration()
    expect("jwks_uri" in keys, True)


def check_custom_objects(bed):
    extensions, custom = client.ApiextensionsV1Api(), client.CustomObjectsApi()
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
    }
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    body = {
        "metadata": {"name": "snakes.python.example.com"},
        "spec": {
            "group": "python.example.com",
            "scope": "Namespaced",
            "names": {"plural": "snakes", "singular": "snake", "kind": "Snake", "shortNames": ["sn"]},
            "versions": [version],
        },
    }
    extensions.create_custom_resource_definition(body)
    for event in watch.Watch().stream(
        extensions.list_custom_resource_definition,
        field_selector="metadata.name=snakes.python.example.com",
        timeout_seconds=20,
    ):
        conditions = event["object"].status.conditions or []
        if any(one.type == "Established" and one.status == "True" for one in conditions):
            break
    where = ("python.example.com", "v1", bed["namespace"], "snakes")
    snake = {"apiVersion": "python.example.com/v1", "kind": "Snake", "metadata": {"name": "kaa"}}
    snake["spec"] = {"size": 9, "colour": "brown"}
    made = custom.create_namespaced_custom_object(*where, snake)
    expect(made["spec"], {"size": 9})
    wrong = {"spec": {"size": "big"}}
    call = lambda: custom.patch_namespaced_custom_object(*where, "kaa", wrong)
    expect_error(422, "Invalid", call)
    patched = custom.patch_namespaced_custom_object(*where, "kaa", {"spec": {"size": 10}})
    expect((patched["spec"], patched["metadata"]["generation"]), ({"size": 10}, 2))
    resource = new_dynamic_client(client.ApiClient()).resources.get(kind="Snake")
    expect(resource.get(namespace=bed["namespace"]).items[0].spec.size, 10)
    events = watch.Watch().stream(
        custom.list_namespaced_custom_object, *where, resource_version="0", timeout_seconds=5
    )
    expect(next(events)["object"]["metadata"]["name"], "kaa")
    custom.delete_namespaced_custom_object(*where, "kaa")
    expect_error(404, "NotFound", lambda: custom.get_namespaced_custom_object(*where, "kaa"))
    extensions.delete_custom_resource_definition("snakes.python.example.com")


def check_reviews(bed):
    authorization, namespace = client.AuthorizationV1Api(), bed["namespace"]
    attributes = {"namespace": namespace, "verb": "create", "resource": "pods"}
    body = {"spec": {"resourceAttributes": attributes}}
    expect(authorization.create_self_subject_access_review(body).status.allowed, True)
    body["spec"]["user"] = "nobody"
    expect(authorization.create_subject_access_review(body).status.allowed, False)
    rules = {"spec": {"namespace": namespace}}
    answer = authorization.create_self_subject_rules_review(rules)
    expect(answer.status.incomplete, False)
    core = client.CoreV1Api()
    request = {"spec": {"audiences": [], "expirationSeconds": 600}}
    token = core.create_namespaced_service_account_token("default", namespace, request)
    review = client.AuthenticationV1Api().create_token_review({"spec": {"token": token.status.token}})
    expect(review.status.user.username, "system:serviceaccount:%s:default" % namespace)
    # The same token as a client's own, which changes while it works.
    settings = client.Configuration.get_default_copy()
    settings.cert_file = settings.key_file = None
    settings.api_key = {"authorization": "stale"}
    settings.api_key_prefix = {"authorization": "Bearer"}
    account = client.CoreV1Api(client.ApiClient(settings))
    expect_error(401, "Unauthorized", lambda: account.list_namespaced_pod(namespace))
    settings.api_key = {"authorization": token.status.token}
    error = expect_error(403, "Forbidden", lambda: account.list_namespaced_pod(namespace))
    expect("system:serviceaccount:%s:default" % namespace in error.body, True)


def check_threads(bed):
    core, namespace = client.CoreV1Api(), bed["namespace"]
    names = ["thread-%02d" % number for number in range(40)]
    calls = [
        core.create_namespaced_config_map(namespace, config_map(name), async_req=True)
        for name in names
    ]
    expect([call.get(10).metadata.name for call in calls], names)
    for name in names:
        core.delete_namespaced_config_map(name, namespace)


def check_retry_on_conflict(bed):
    core, namespace = client.CoreV1Api(), bed["namespace"]
    core.create_namespaced_config_map(namespace, config_map("counter", data={"count": "0"}))

    def count():
        added = 0
        while added < 5:
            current = core.read_namespaced_config_map("counter", namespace)
            current.data["count"] = str(int(current.data["count"]) + 1)
            try:
                core.replace_namespaced_config_map("counter", namespace, current)
                added += 1
            except ApiException as error:
                expect(error.status, 409)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(core.read_namespaced_config_map("counter", namespace).data["count"], "20")
    core.delete_namespaced_config_map("counter", namespace)


CHECKS = {
    "lists in pages and deletes a collection": check_pages,
    "watches, with bookmarks and with a time limit": check_watch,
    "watches with the dynamic client": check_dynamic_watch,
    "applies, conflicts and forces": check_apply,
    "creates from a manifest": check_manifests,
    "scales, and patches the status alone": check_scale,
    "elects a leader": check_election,
    "discovers": check_discovery,
    "defines a resource and uses it": check_custom_objects,
    "asks for reviews and tokens, and is refused": check_reviews,
    "creates in many threads": check_threads,
    "loses no update under conflicts": check_retry_on_conflict,
}
