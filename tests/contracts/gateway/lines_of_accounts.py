"""Every call about the account itself: its tokens, its quotas, its address (protocol sheet §1.8, §3.1 to §3.4, §0)."""

from tests.contracts.gateway.lines import ANY, JSON, Line, only

TOKEN = "/cgi-bin/stable_token"
SEND = "/cgi-bin/message/custom/send"
# §3.1 and §3.2. 40001 stands for a wrong secret here.
TOKENS = (
    *(-1, 40001, 40002, 40013, 40125, 40164, 40243, 41002, 41004, 43002),
    *(45009, 45011, 50004, 50007, 89503, 89506, 89507),
)

LINES = {
    "gateway.ping": Line(TOKEN, only(lambda given: given.gateway.ping()), TOKENS, by_token=False),
    "tokens.current": Line(TOKEN, only(lambda given: given.gateway.tokens.current()), TOKENS, by_token=False),
    "tokens.after_refusal": Line(
        TOKEN, only(lambda given: given.gateway.tokens.after_refusal("1_x")), TOKENS, by_token=False
    ),
    "tokens.force": Line(TOKEN, only(lambda given: given.gateway.tokens.force()), TOKENS, by_token=False),
    # §3.4
    "quotas.of": Line(
        "/cgi-bin/openapi/quota/get", only(lambda given: given.gateway.quotas.of(SEND)), (*JSON, 76021, 76022)
    ),
    "quotas.clear_all": Line(
        "/cgi-bin/clear_quota", only(lambda given: given.gateway.quotas.clear_all()), (*JSON, 40013, 48006)
    ),
    "quotas.clear_all_by_secret": Line(
        "/cgi-bin/clear_quota/v2",
        only(lambda given: given.gateway.quotas.clear_all_by_secret()),
        (-1, 40013, 40125, 40164, 41002, 41004, 45011, 48006),
        by_token=False,
    ),
    "quotas.clear": Line(
        "/cgi-bin/openapi/quota/clear", only(lambda given: given.gateway.quotas.clear(SEND)), (*JSON, 48006)
    ),
    # §0
    "quotas.explain": Line(
        "/cgi-bin/openapi/rid/get",
        lambda given, rid: given.gateway.quotas.explain(rid),
        (*JSON, 76001, 76002, 76003, 76004, 76022),
        lambda given: given.rid(),
    ),
    # §1.8
    "quotas.callback_addresses": Line(
        "/cgi-bin/getcallbackip", only(lambda given: given.gateway.quotas.callback_addresses()), ANY
    ),
    "quotas.interface_addresses": Line(
        "/cgi-bin/get_api_domain_ip", only(lambda given: given.gateway.quotas.interface_addresses()), ANY
    ),
    "quotas.check_callback": Line(
        "/cgi-bin/callback/check",
        only(lambda given: given.gateway.quotas.check_callback()),
        (*JSON, 40201, 40202, 40203),
    ),
}
