"""The first version of every text people agree to, in one place where a colleague who does not program can review it.

Each says what is used, for what, how long, and that it can be taken back. A deployment publishes its own versions.
"""

from models.consents import Purpose

FIRST: dict[Purpose, tuple[str, str]] = {
    Purpose.MEMBERSHIP: (
        "成为社区成员",
        "我们会记下您的姓名、手机号和所在社区，用来认出您、答复您、为您办事。"
        "姓名和手机号加密保存，工作人员看到的是打码的；谁看过您的联系方式，您都能查到。"
        "您可以随时查看、更正、导出，也可以随时注销，注销后马上删除。三年没有来过，我们也会删除。",
    ),
    Purpose.NOTICES: (
        "接收社区通知",
        "我们会把停水停电、办事提醒、社区活动这样的通知发给您，每天不多于两条，夜里不打扰。"
        "您可以随时退订；关系安全的紧急提醒仍会发给您。",
    ),
    Purpose.INTERESTS: (
        "按兴趣收通知",
        "我们会记下您选的话题，只用来挑出您想看的通知。工作人员只看得到人数，看不到名单。"
        "您可以随时取消，取消后马上删除您选的话题。",
    ),
    Purpose.SKILLS: (
        "愿意帮忙的本领",
        "我们会记下您愿意为邻居做的事和做到哪一天，只在有邻居需要时由联络员找您。"
        "您可以随时取消，取消后马上删除；到了您写的日子也会自动删除。",
    ),
    Purpose.UNIT: (
        "记下门牌",
        "我们会加密记下您的楼栋和门牌，只用于上门服务和本楼的通知。不填也能用所有服务。"
        "您可以随时取消，取消后马上删除。",
    ),
    Purpose.CONTACT: (
        "可以打电话给我",
        "您的联络员办您的事时，可以看到您的手机号并打给您，每次都要写明原因，您都能查到。"
        "不同意的话，我们只通过微信联系您。您可以随时取消，马上生效。",
    ),
    Purpose.WARDS: (
        "为孩子登记",
        "您作为监护人，为不满十四岁的孩子登记姓名和出生年月，只用于您为孩子申请的服务和活动。"
        "这是未成年人的敏感信息，加密保存，只有办理这件事的人能看到。"
        "您可以随时取消，取消后马上删除；孩子满十四岁时也会自动删除。",
    ),
    Purpose.HEAD_CALLS: (
        "邻居可以打给我（楼栋长、巷长）",
        "您担任楼栋长、巷长时，同一个社区登记过的邻居可以在小程序里看到您的姓名和手机号，有事打给您。"
        "不同意也可以担任。您可以随时取消，马上就看不到了。",
    ),
}
