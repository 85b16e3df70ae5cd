"""Everything the account says, in one place where a colleague who does not program can review it.

Short and polite; what to do next stands in every sentence. Words in {braces} are filled in.
"""

from datetime import date

from backend.replies import texts

WELCOME, WELCOME_PLACE, FALLBACK = texts.WELCOME, texts.WELCOME_PLACE, texts.FALLBACK
"""As they are delivered: staff word them anew in the console (backend/replies/texts.py)."""

WELCOME_BACK_PLACE = "您好！我们记住了：您是{place}的街坊。\n不对的话，点「我的 → 我的社区」可以改。"

HELP = """您可以这样用：
1. 发送您的位置，查您在哪个社区
2. 回复「我的社区」，看我们记住的社区
3. 回复「联络员」，看社区的联系电话
4. 回复「邀请」，拿社区二维码给邻居
5. 回复「注册」，登记成为社区成员
6. 回复「消息」，看最近给您的消息
7. 回复「我的订阅」，看会收到什么；「免打扰」安静 30 天，「退订」不再收
8. 回复「我的资料」，看我们记着您什么；登记过的，回复「注销」就删掉
9. 回复「人工」，找工作人员
家里有急事请打 110、119、120；办事咨询可打 12345。"""

SEND_TEXT_INSTEAD = "收到了，不过这里还看不懂{kind}。请用文字说一句，或者回复「人工」找工作人员。"

PHOTO = "照片收到了。现在还不能用照片办事，我们没有保存它。\n要工作人员看看，请回复「人工」后再发一次。"

ASK_LOCATION = "请把您的位置发给我们：点右下角「+」→「位置」→「发送位置」。\n我们只用它查社区，不会保存。"

PLACE_FOUND = "您在{place}。\n要我们记住吗？回复「记住{code}」就行；不回复就不记。"
PLACE_REMEMBERED = "记住了：您是{place}的街坊。\n回复「忘记社区」可以随时取消。"
PLACE_FORGOTTEN = "好的，已经忘记您的社区了。"
PLACE_NOT_FOUND = "这个位置不在我们的社区里。\n如果您就住在本街道，请回复「人工」告诉我们。"
PLACE_UNKNOWN_CODE = "没有找到编号是「{code}」的社区。\n请发送您的位置，我们帮您查。"
MY_PLACE = "您是{place}的街坊。\n想换一个社区，请发送您的位置；回复「忘记社区」可以取消。"
NO_PLACE = "我们还不知道您在哪个社区。\n请发送您的位置，或者扫一扫社区门口的二维码。"
SIGN_UNKNOWN = "这个二维码不是我们社区的，或者已经换了新的。\n请发送您的位置，我们帮您查社区。"
SCANNED_OTHER = "扫到了：{text}\n这不是社区的二维码，我们不会替您打开它，请您留意安全。"

CONTACTS = "{contacts}\n\n电话都是公开的值班电话。急事请打 110、119、120。"
CONTACTS_OF = "{place}："
CONTACT = "{role} {name} {phone}"
CONTACT_HOURS = "{role} {name} {phone}（{hours}）"
NO_CONTACTS = "{place}的联系电话还没有公布。\n办事咨询可打 12345，或者回复「人工」找工作人员。"
ROLES = {"liaison": "联络员", "office": "服务站", "police": "民警", "property": "物业", "doctor": "家庭医生"}

PRIVACY = """我们记着：
{held}
您发来的文字、照片和位置都没有保存。为了不办重，我们的答复会加密留一天。
回复「忘记社区」删掉社区；取消关注，马上全部删掉，只有一个编号再留一天。"""
HELD_FOLLOW = "· 您关注了我们"
HELD_VISIT = "· 您来找过我们"
HELD_PLACE = "· 您是{place}的街坊"
HELD_LAST = "· 您最近一次找我们的时间"

HELD_MUTED = "· 您要我们别打扰您，到{until}为止"
HELD_SUBSCRIPTIONS = "· 您允许我们发给您的订阅消息，有 {count} 种"

PRIVACY_MEMBER = """我们记着：
{held}
您发来的文字、照片和位置都没有保存。
看全部、修改、下载，还有谁看过您的信息，都在小程序「我的资料」里。
回复「注销」，马上删掉您的登记。"""
HELD_MEMBER = "· 您登记的姓名是{name}，手机号是{phone}"
HELD_UNIT = "· 您的门牌"
HELD_SKILLS = "· 您愿意帮忙的本领"
HELD_TOPICS = "· 您想看的话题"
HELD_WARDS = "· 您为孩子做的登记"
HELD_RESTRICTED = "· 您要我们只保存、不使用您的资料"
HELD_NO_PHONE = "· 您登记的姓名是{name}，还没有手机号"

REGISTER = """点这里登记，一两分钟就好：
{link}
登记是自愿的，不登记也能查社区、找工作人员。"""
REGISTER_PLACE = """点这里登记，一两分钟就好，我们已经替您选好{place}：
{link}
登记是自愿的，不登记也能查社区、找工作人员。"""
REGISTER_AT_OFFICE = "现在还不能在手机上登记，请到社区服务站，工作人员会帮您。"
REGISTER_LATER = "登记的页面现在打不开，请过几分钟再回复「注册」；着急请回复「人工」。"
REGISTERED_ALREADY = "您已经登记过了。\n回复「我的资料」看看，要修改请到小程序「我的资料」。"
NOT_REGISTERED = "您还没有登记，不用注销。\n取消关注，我们就会删掉记着您的内容。"

ALLOWED = """您现在会收到的：
{held}
回复「免打扰」安静 30 天，回复「退订」不再收通知，回复「恢复通知」重新收。"""
ALLOWED_FOLLOWER = "· 您关注了我们：会收到社区的通知"
ALLOWED_CONSENTS = "· 您同意的：{titles}"
ALLOWED_TOPICS = "· 您想看的话题：{topics}"
ALLOWED_SILENT = "· 您要我们别打扰您，直到您回复「恢复通知」"

STOPPED = """好的，不再给您发通知。
关系安全的紧急提醒，还有您自己来问、来办的事的答复，会照常发给您。
想重新收，回复「恢复通知」就行。"""
STOPPED_MEMBER = """好的，您对「接收社区通知」的同意已经撤回，马上生效，回执编号 {receipt}。
关系安全的紧急提醒，还有您自己来问、来办的事的答复，会照常发给您。
想重新收，回复「恢复通知」就行。"""
AGREED_NOTICES = """好的，通知恢复了。您同意我们给您发社区通知，每天不多于两条，回执编号 {receipt}。
不想收了，随时回复「退订」。"""

LEAVE_ASK = """注销会马上删除您的姓名、手机号、门牌、本领、话题和孩子的登记，不能恢复。
您仍然可以关注我们、找工作人员。
确定的话，请在 10 分钟内回复「确认注销」。"""
LEFT = "已经注销，您的资料都删除了，编号 {receipt}。\n以后想回来，回复「注册」就行。"

MUTED = """好的，到{until}为止（含当天），不再给您发通知。
关系安全的紧急提醒，还有您自己来问、来办的事的答复，会照常发给您。
想提前恢复，回复「恢复通知」就行。"""
UNMUTED = "好的，通知已经恢复了。\n想清静一阵子，回复「免打扰」就行。"

LETTERS = "最近给您的消息：\n\n{letters}"
LETTER = "{day}：{words}"
NO_LETTERS = "还没有给您的消息。\n回复「帮助」看看能做什么。"

HUMAN_BY_TEXT = "请回复「人工」两个字，我们马上为您接通工作人员。"

INVITE_WORKING = "正在为您准备{place}的二维码，一会儿就发给您。"
INVITE_READY = "这是{place}的二维码，30 天内有效。转给邻居，扫一扫就能关注。"

WORKING = "正在为您办，请稍等，办好了马上告诉您。"
BUSY = "系统正忙，请过一会儿再试；着急请回复「人工」。"
FAILED = "抱歉，刚才没有办成。请再发一次；还不行请回复「人工」，并告诉我们编号 {number}。"

DESK_SCANNED = """有人要用您的账号「{login}」（{name}）登录工作台。
显示二维码的设备：{device}，网络地址：{address}。
是您本人正坐在这台设备前，请回复电脑上显示的那句话，例如「登录58」；三分钟内有效。
别人发来的二维码，一律不要回复，并请告诉管理员。"""
DESK_BINDING = """您要把这个微信和工作台账号「{login}」绑定。
是您本人，请回复电脑上显示的那句话，例如「绑定58」；三分钟内有效。
别人发来的二维码，一律不要回复。"""
DESK_SIGNED_IN = "好了，电脑上马上进入工作台。"
DESK_BOUND = "绑定好了，以后用这个微信扫一扫就能登录工作台。"

KINDS = {"Voice": "语音", "Video": "视频", "Link": "链接", "MiniProgramPage": "小程序卡片"}


def day(moment: date) -> str:
    """12月21日: nobody is told of a day so far away that the year is in doubt."""
    return f"{moment.month}月{moment.day}日"
