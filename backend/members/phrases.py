"""What members are told without having asked, in one place where a colleague who does not program can review it."""

JOINED = "您的社区账号刚刚和另一个微信关联了。是您本人就不用理会；不是的话，请回复「人工」告诉我们。"
NUMBER_GONE = (
    "有人刚刚验证了您登记的手机号，说是新办的号码，我们已经把它从您的资料里去掉。"
    "请到小程序「我的资料」里换成您现在的号码。"
)
MERGED = "您登记过两次，已经合并成一份资料。您可以到小程序「我的资料」里看看对不对。"
MERGED_BY_STAFF = (
    "工作人员（{unit}）看到您登记过两次，已经合并成一份资料。"
    "不对的话，请在 7 天内回复「人工」或到社区服务站，可以恢复。"
)
PARTED = "之前合并的两份资料已经分开，恢复成合并以前的样子。请到小程序「我的资料」里看看对不对。"
DORMANT = "您已经很久没有来了。如果 30 天内还不来，我们会注销您的登记，删除您的资料。想保留，回复任意一句话就行。"
"""Thirty days before the end."""

TAKEN = (
    "这个手机号登记过。如果是您本人，请用原来的微信进入，或者到社区服务站当面确认；"
    "如果是您新办的号码，请选「这是我新办的号码」。"
)
BUSY = "这个手机号正在登记，请稍等一会儿再试。"
ALREADY = "您已经登记过了，不用再登记。"
GONE = "您还没有登记，或者已经注销了。"
"""Also for whoever has just been erased by another phone of hers."""
