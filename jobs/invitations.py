"""Makes the QR code of a community for an invitation: several calls to the platform."""

from dataclasses import replace

from backend.followers import rules
from backend.outbox.messages import Message
from backend.runtime import Runtime

DAYS = 30
"""The longest life the platform gives a code that is not permanent."""


def picture(runtime: Runtime, message: Message) -> Message:
    """With the picture uploaded. May raise GatewayError."""
    gateway, code = runtime.gateway_of(message.account_id), message.fields["place"]
    qr = gateway.qrcodes.create(rules.scene_of_place(code), DAYS * 86400)
    content = gateway.qrcodes.picture(qr.ticket).content
    return replace(message, image=gateway.media.upload("image", f"{code}.jpg", content), make="")
