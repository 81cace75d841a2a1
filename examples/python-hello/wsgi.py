"""A page that says which pod answered, so that load balancing can be seen."""

from socket import gethostname


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"Hello from Sampan, pod {gethostname()}\n".encode()]
