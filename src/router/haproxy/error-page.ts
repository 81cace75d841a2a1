/**
 * UNAVAILABLE_PAGE is the whole HTTP answer for a host without a route, and for a route without
 * ready pods. HAProxy sends it as it is.
 */
export const UNAVAILABLE_PAGE = [
  'HTTP/1.0 503 Service Unavailable',
  'Cache-Control: private, max-age=0, no-cache, no-store',
  'Pragma: no-cache',
  'Connection: close',
  'Content-Type: text/html; charset=utf-8',
  '',
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Application is not available</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 10vh auto; padding: 0 1em; color: #151515; }
h1 { font-weight: 500; } code { background: #f0f0f0; padding: .1em .3em; border-radius: 3px; }
@media (prefers-color-scheme: dark) { body { background: #151515; color: #e0e0e0; } code { background: #333; } }
</style>
</head>
<body>
<h1>Application is not available</h1>
<p>The application is currently not serving requests at this endpoint. It may not have been started or is still starting.</p>
<ul>
<li><strong>The host does not exist.</strong> Check that the address is spelled as the route is: <code>oc get routes</code></li>
<li><strong>The path does not match.</strong> The host exists, but its route serves another path.</li>
<li><strong>The application has no ready pods.</strong> Check that they run and are ready: <code>oc get pods</code></li>
</ul>
</body>
</html>
`,
].join('\r\n');
