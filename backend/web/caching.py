"""Answers that need not be sent again: whoever has this very body already is told so."""

from flask import Response, request


def conditional(response: Response) -> Response:
    """With a strong ETag of its body; 304 without the body to an If-None-Match that names it.

    `no-cache` lets it be kept, and asked about each time: nobody reads what has changed since.
    """
    response.add_etag()
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return response
