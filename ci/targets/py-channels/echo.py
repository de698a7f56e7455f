"""A project of Django Channels in one file: one consumer, which echoes, on every path."""

import django
from django.conf import settings

settings.configure(SECRET_KEY="echo", ALLOWED_HOSTS=["*"], ROOT_URLCONF=[], INSTALLED_APPS=["channels"])
django.setup()

# Channels reads the settings when it is imported.
from channels.generic.websocket import WebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import re_path  # noqa: E402


class Echo(WebsocketConsumer):
    def receive(self, text_data=None, bytes_data=None):
        self.send(text_data=text_data, bytes_data=bytes_data)


application = ProtocolTypeRouter({"websocket": URLRouter([re_path("", Echo.as_asgi())])})
