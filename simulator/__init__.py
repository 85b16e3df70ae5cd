"""The pretend WeChat platform: plays Tencent over real HTTP, for development, training and tests.

It imports nothing of the backend, so that one mistake cannot hide on both sides of the wire.
"""
