"""An ASGI application that echoes what comes over a WebSocket, and knows nothing else."""


async def lifespan(receive, send):
    stage = None
    while stage != "lifespan.shutdown":
        stage = (await receive())["type"]
        await send({"type": f"{stage}.complete"})


async def echo(receive, send):
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event.get("text"), "bytes": event.get("bytes")})


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "websocket":
        await echo(receive, send)
