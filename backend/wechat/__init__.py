"""The platform, in our own words. The only room that speaks wechatpy, or knows envelopes and error numbers."""
