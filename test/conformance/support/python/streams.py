"""What goes over WebSocket or through proxies, where no node answers: the errors are the API's own."""

from kinds import expect, expect_error
from kubernetes import client
from kubernetes.client.rest import ApiException
from kubernetes.stream import portforward, stream


def pod(name):
    container = {"name": "web", "image": "example/web:1"}
    spec = {"containers": [container], "automountServiceAccountToken": False}
    return {"metadata": {"name": name}, "spec": spec}


def with_pod(check):
    """A check that gets a pod of its own that nothing has scheduled."""

    def checked(bed):
        core, name = client.CoreV1Api(), check.__name__.replace("_", "-")
        core.create_namespaced_pod(bed["namespace"], pod(name))
        try:
            check(core, name, bed["namespace"])
        finally:
            core.delete_namespaced_pod(name, bed["namespace"], grace_period_seconds=0)

    return checked


@with_pod
def check_exec(core, name, namespace):
    try:
        stream(core.connect_get_namespaced_pod_exec, name, namespace, command="true", stdout=True)
        raise AssertionError("exec in a pod without a node")
    except ApiException as error:
        # The client has only the status line of a refused handshake.
        expect("Handshake status 400" in error.reason, True)


@with_pod
def check_portforward(core, name, namespace):
    try:
        portforward(core.connect_get_namespaced_pod_portforward, name, namespace, ports="80")
        raise AssertionError("port-forward to a pod without a node")
    except ApiException as error:
        expect("Handshake status 400" in error.reason, True)


@with_pod
def check_log(core, name, namespace):
    expect(core.read_namespaced_pod_log(name, namespace), "")
    call = lambda: core.read_namespaced_pod_log(name, namespace, container="absent")
    error = expect_error(400, "BadRequest", call)
    expect("container absent is not valid for pod " + name in error.body, True)


@with_pod
def check_eviction(core, name, namespace):
    body = client.V1Eviction(metadata=client.V1ObjectMeta(name=name))
    dry = client.V1Eviction(
        metadata=client.V1ObjectMeta(name=name),
        delete_options=client.V1DeleteOptions(dry_run=["All"]),
    )
    expect(core.create_namespaced_pod_eviction(name, namespace, dry).kind, "Status")
    expect(core.read_namespaced_pod(name, namespace).metadata.name, name)
    core.create_namespaced_pod_eviction(name, namespace, body)
    call = lambda: core.read_namespaced_pod(name, namespace)
    expect_error(404, "NotFound", call)
    core.create_namespaced_pod(namespace, pod(name))


@with_pod
def check_binding(core, name, namespace):
    target = client.V1ObjectReference(kind="Node", name="nowhere")
    body = client.V1Binding(metadata=client.V1ObjectMeta(name=name), target=target)
    core.create_namespaced_pod_binding(name, namespace, body, _preload_content=False)
    expect(core.read_namespaced_pod(name, namespace).spec.node_name, "nowhere")


def check_proxies(bed):
    core = client.CoreV1Api()
    call = lambda: core.connect_get_namespaced_service_proxy("absent", bed["namespace"])
    expect_error(404, "NotFound", call)
    call = lambda: core.connect_get_namespaced_pod_proxy("absent", bed["namespace"])
    expect_error(404, "NotFound", call)


CHECKS = {
    "is refused an exec into a pod without a node": check_exec,
    "is refused a port-forward to a pod without a node": check_portforward,
    "reads logs": check_log,
    "evicts": check_eviction,
    "binds": check_binding,
    "proxies": check_proxies,
}
