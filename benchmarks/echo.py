"""wechatpy's own Flask echo in safe mode, which does no work: what the webhook is measured against."""

import os

from flask import Flask, abort, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.utils import check_signature

TOKEN = os.environ["TONGXIN_OFFICIAL_TOKEN"]
AES_KEY = os.environ["TONGXIN_OFFICIAL_AES_KEY"]
APP_ID = os.environ["TONGXIN_OFFICIAL_APP_ID"]

app = Flask(__name__)


@app.route("/wechat/<app_id>", methods=["POST"])
def wechat(app_id: str) -> str:
    signature = request.args.get("signature", "")
    timestamp = request.args.get("timestamp", "")
    nonce = request.args.get("nonce", "")
    msg_signature = request.args.get("msg_signature", "")
    try:
        check_signature(TOKEN, signature, timestamp, nonce)
    except InvalidSignatureException:
        abort(403)
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    try:
        message = crypto.decrypt_message(request.data, msg_signature, timestamp, nonce)
    except (InvalidSignatureException, InvalidAppIdException):
        abort(403)
    message = parse_message(message)
    reply = create_reply(message.content, message) if message.type == "text" else create_reply("?", message)
    return str(crypto.encrypt_message(reply.render(), nonce, timestamp))
