# A page that says which pod answered, so that load balancing can be seen.
require 'socket'

page = lambda do |_env|
  body = <<~HTML
    <!doctype html>
    <html lang="en">
      <head><meta charset="utf-8"><title>Hello from Sampan</title></head>
      <body>
        <h1>Hello from Sampan</h1>
        <p>This page was built from source and is served by pod <b>#{Socket.gethostname}</b>.</p>
      </body>
    </html>
  HTML
  [200, { 'content-type' => 'text/html; charset=utf-8' }, [body]]
end

run page
