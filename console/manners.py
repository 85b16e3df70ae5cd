"""What every answer of the console carries: nothing is kept by others, framed by others, or run but our own files."""

from flask import Response, request

from console import assets

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def finish(response: Response) -> Response:
    if not request.path.startswith("/console"):
        return response
    response.headers.update(_HEADERS)
    if not request.path.startswith(assets.PREFIX):
        response.headers["Cache-Control"] = "no-store"
    return response
