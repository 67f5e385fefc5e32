# SPDX-License-Identifier: MIT
# python3-websockets as a client: sends what it is told in JSON on the command line and prints what
# came back. Takes the URL, whether to offer compression, and the messages.
import asyncio
import json
import sys

import websockets


async def main(url, compressed, messages):
    options = {'compression': 'deflate' if compressed else None, 'max_size': None}
    async with websockets.connect(url, **options) as socket:
        seen = []
        for message in messages:
            data = bytes.fromhex(message[1:]) if message.startswith('#') else message
            await socket.send(data)
            answer = await socket.recv()
            seen.append(answer == data)
        pong = await socket.ping(b'ping')
        await pong
        # In fragments.
        await socket.send(['one ', 'two ', 'three'])
        seen.append(await socket.recv() == 'one two three')
        await socket.close(4000, 'done')
        agreed = [type(extension).__name__ for extension in socket.extensions]
        print(json.dumps({'seen': seen, 'extensions': agreed, 'code': socket.close_code}))


asyncio.run(main(sys.argv[1], sys.argv[2] == 'true', json.loads(sys.argv[3])))
