"""What the lines of a saved page that are no article look like: the words of share bars, breadcrumbs, credits, tails.

Only phrases that are common on the web at large stand here, never one site's own wording. They are compared with folded text
(see `corpus.folding.fold`), so Simplified characters, small letters and half-width signs cover every other form.
"""

from __future__ import annotations

import enum
import functools
import re

from corpus.lines import columns


class Kind(enum.Enum):
    """What a line is, as far as the line alone can tell."""

    PROSE = "running text"
    PLAIN = "a heading, a caption, a list item, a menu entry: short, and nothing speaks against it"
    COUNT = "a bare number or sign: a page, a counter, a section"
    DATELINE = "when, by whom and where it was published"
    CONTACT = "a telephone number to call: part of an announcement, or an advertisement"
    WIDGET = "share buttons, text size, print, counters"
    PATH = "where in the site the page stands"
    PROMPT = "an invitation: scan, follow, download, subscribe, log in"
    LINK = "one other article, announced as such"
    CREDIT = "who edited, proofread, checked"
    NOTICE = "copyright, disclaimers, licence numbers"
    RELATED = "the heading of a list of other articles"
    COMMENTS = "readers' comments begin"


ENDS_ARTICLE = frozenset({Kind.CREDIT, Kind.NOTICE, Kind.RELATED, Kind.COMMENTS})
"""After one of these, little of the article is to be expected."""
FURNITURE = ENDS_ARTICLE | {Kind.WIDGET, Kind.PATH, Kind.PROMPT, Kind.LINK}
"""Never part of an article's text."""

_LONGEST_FURNITURE = 160
"""In columns. A longer line is furniture only if it opens like a notice, and those are no longer than four times that."""
_LONGEST_HEADING = 40
"""In columns. The heading of a list of links is no longer, once its dots and bars are left out."""
_PROSE_COLUMNS = 32
"""From this width on, a finished sentence counts as running text; a shorter one may be a caption or a reader's remark."""
_COMMA_COLUMNS = 80
"""From this width on, a comma is enough, as no headline is so long."""
_PROSE_WORDS = 9
"""The same for words between blanks; twice as many are running text even unfinished."""
_BUTTON_SHARE = 0.6
"""A line with three different buttons is a bar of buttons if so much of it is their words."""
_KEYWORDS = 4
"""So many separators in a line part keywords for search engines, or menu entries."""


def _one_of(*patterns: str) -> re.Pattern[str]:
    """Whichever of the patterns fits first; to be matched with whole lines or their beginnings."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _words(*lines: str) -> str:
    """A pattern for any of the words, the longest that fits; words are parted by commas."""
    words = {word.strip() for line in lines for word in line.split(",")} - {""}
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


# --- Buttons and counters -------------------------------------------------------------------------------------------------------

_BUTTONS = _words(
    # sharing
    "分享, 分享到, 分享至, 分享给, 转发, 转发到, 转发至, 一键转发, 一键分享, 点击分享, 我要分享, 好友, 朋友, 和, 更多, 更多分享",
    "保存, 微信, 微信好友, 微信朋友圈, 朋友圈, 好友和朋友圈, qq, qq好友, qq空间, qzone, 微博, 新浪微博, 腾讯微博, 新浪, 易信",
    "豆瓣, 人人网, 人人, 贴吧, 钉钉, 知乎, 今日头条, 头条, 复制链接, 复制, 链接已复制, 链接, 已复制, 复制成功, facebook, twitter",
    "x, linkedin, whatsapp, telegram, pinterest, reddit, tumblr, instagram, line, email, e-mail, weibo, wechat, messenger",
    "threads, bluesky, mastodon, flipboard, digg, del.icio.us, newsvine, technorati, pocket, buffer, google, yahoo, share, tweet",
    "post, pin, save, bookmark, copy, link, url, mail, print, send, more, on, to, via, this, article, story, page, with, friends",
    "or",
    # reading aids
    "字号, 字体, 字体大小, 大, 中, 小, 放大, 缩小, 正常, 标准, 特大, 放大字体, 缩小字体, 调整字体, a, a+, a-, aa, t, 打印",
    "打印本页, 打印本文, 关闭, 关闭窗口, 关闭本页, 收藏, 收藏本文, 加入收藏, 已收藏, 听新闻, 朗读, 语音播报, 播放, 暂停, 返回",
    "返回顶部, 返回首页, 返回列表, 回到顶部, 顶部, 查看更多, 点击查看更多, 展开, 展开全文, 阅读全文, 余下全文, 收起, 全屏",
    "电脑版, 手机版, 客户端, 触屏版, 繁体, 简体, 无障碍浏览, back, top, text, size, font, decrease, increase, reset, listen",
    "printer, friendly, printable, version, normal, large, small, reprints, permalink, rss",
    # counting
    "点赞, 赞, 踩, 顶, 赞同, 喜欢, 推荐, 评论, 评论数, 条评论, 人评论, 跟贴, 跟帖, 参与, 人参与, 回复, 条回复, 举报, 投诉, 阅读",
    "阅读量, 阅读数, 次阅读, 人阅读, 浏览, 浏览量, 浏览次数, 次浏览, 点击, 点击量, 点击数, 点击次数, 播放量, 次播放, 访问次数",
    "阅读次数, 热度, 在看, 打赏, 赏, 关注, 已关注, 订阅, 私信, 不感兴趣, 万, 次, 人, 条, 个, views, view, likes, like, comments",
    "comment, shares, replies, reply, read, reads, min, mins, minute, minutes, follow, following, followed, unfollow, subscribe",
    # a page's own navigation
    "上一页, 下一页, 首页, 尾页, 末页, 上页, 下页, 网站首页, 登录, 注册, 注册登录, 登录注册, 搜索, 退出, 退出登录, 设为首页",
    "联系客服, 意见反馈, 反馈, 我要反馈, 纠错, 撤消, 撤销, 取消, 确定, 发布, 发表, 提交, 发送, 知道了, 报错, home, menu, search",
    "login, log in, sign in, sign up, register, close, skip, next, previous, prev, first, last",
)
_DECORATION = r"[\s|/\\·•●■◆★▲▼↓↑→>»«<\-—–_=~*#+()\[\]{}【】〔〕〖〗「」『』《》〈〉:：,，.。、;；!！?？…\"'“”‘’^&%丨｜\ue000-\uf8ff]"
_BUTTON = re.compile(rf"(?>{_BUTTONS})(?![a-z])")
# Atomic groups: a line of a hundred buttons and one unknown word is looked at once, not in every way it can be cut.
_WIDGET = re.compile(rf"(?!.*[a-z]\()(?>(?>{_BUTTONS})(?![a-z])|{_DECORATION}|\d)+")

# --- Where the page stands in its site ------------------------------------------------------------------------------------------

_PATH = _one_of(
    r"(?:您|你)?(?:现在|当前|目前)?的?(?:所在|当前)?位置\s*(?:[:：是为]|$).*",
    r"(?:正在阅读|您正在(?:阅读|浏览|访问)|当前页面)\s*[:：].*",
    r"you are here\b.*",
    r"(?:[^>»›/|\-]{0,12}首页|home|index)\s*(?:[>»›/|\-]|->|::)+.*",
    r"[^>»›。，,]{1,16}(?:\s*[>»›]+\s*[^>»›。，,]{1,16}){1,6}\s*[>»›]*\s*(?:正文)?",
    r".{0,12}\s*[>»›/\s]\s*正文",
)
_READING_NOW = re.compile(r"(?:正在阅读|您正在(?:阅读|浏览))\s*[:：]\s*(?=\S)")

# --- Who edited it --------------------------------------------------------------------------------------------------------------

_EDITORS = (
    r"(?:责任|值班|执行|见习|实习|网络|本期|本版|图片|文字|视频|新媒体|微信|轮值|总|副|主|责|美|统|内容|栏目)?(?:编辑|责编|主编|总编|编审|网编|美编|统筹)"
    r"|责编|责校|责任校对|校对|校审|审核|审校|审签|初审|复审|终审|一审|二审|三审|一读|二读|监制|总监制|出品人?|制作人?|排版|签发|版式|投稿邮箱"
)
_NAMES = r"[^\s。；，,:：]{1,14}(?:[\s、,，/&]+[^\s。；，,:：]{1,14}){0,7}"
_CREDIT = _one_of(
    # "Source: … Editor: …", "[Editor: …]", "Editor | …", with names and nothing but names
    rf"[(\[【〔「]?\s*(?:(?:本文)?来[源自]\s*[:：]?\s*\S{{1,20}}\s+)?(?:{_EDITORS})(?:[/、](?:{_EDITORS}))*"
    rf"\s*[:：|丨/]\s*(?:{_NAMES})?\s*[)\]】〕」]?(?:\s.{{0,40}})?",
    rf"[(\[【]?(?:\s*(?:{_EDITORS})\s+[^\s。，,]{{2,12}}){{1,6}}\s*[)\]】]?",
    r".{0,60}(?:责任编辑|责编)\s*[:：]\s*\S{0,20}(?:\s\S{1,12})?\s*[)\]】〕」]?",
    r"[(\[【]?(?:本文|全文|正文)?完[)\]】]?[。.]?",
    r"正文已结束.{0,30}",
    r"[(\[]?(?:the )?end[)\]]?\.?",
    r"(?:edited|reviewed|fact-?checked|copy ?edited|editing|reporting) by [^.]{3,80}\.?",
)

# --- Copyright and disclaimers --------------------------------------------------------------------------------------------------

_NO_COPYING = (
    r"(?:版权归|不代表|仅代表|仅供参考|不构成|(?:如|若)有侵权|涉及?侵权|侵权.{0,4}(?:删|联系)|(?:不得|谢绝|请勿|禁止|严禁)转载|信息存储)"
)
_NOTICE_START = _one_of(
    *(
        r"[*※●【\[(]{0,3}(?:" + start + ")"
        for start in (
            r"(?:免责|版权|特别|郑重|法律|转载|侵权|本站|网站)(?:声明|条款)\s*[】\])]?\s*(?:$|[:：])",
            r"(?:声明|风险提示|免责提示|版权信息)\s*[】\])]?\s*(?:$|[:：])",
            r"(?:本站|本网|本报|本刊|本公众号|本平台|本号).{0,30}(?:版权|转载|授权|侵权|立场|声明|免责)",
            rf"(?:本文|文章|本稿|此文|以上|上述|文中|部分|图片|该文).{{0,40}}{_NO_COPYING}",
            r"凡(?:本网|本站|注明|来源|标注|未注明).{0,40}(?:作品|文章|稿件|转载|版权)",
            r"(?:未经|非经).{0,20}(?:授权|许可|允许|同意).{0,16}(?:转载|复制|镜像|摘编|盗用|传播)",
            r"(?:任何|其他).{0,20}(?:转载|复制|镜像).{0,30}(?:注明|授权|许可|追究)",
            r"(?:如需|欢迎|若需|需要)?转载(?:请|须|需|时).{0,20}",
            r"(?:图片|素材|图|文|信息|内容|图文)(?:均)?(?:来源于|来自|源自|源于).{0,6}网络.{0,30}$",
            r"(?:市场有风险|投资有风险|股市有风险|理财有风险|据此操作|入市有风险)",
            r"版权所有|著作权归|copyright\b|©|\(c\)\s*(?:19|20)\d\d|all rights reserved",
            r"notice: the content above|disclaimer\s*(?:$|:)|(?:we|this (?:site|website)) uses? cookies",
            r"this (?:article|story|material) (?:may not be|(?:was )?(?:originally|first)) (?:published|reproduced|appeared)",
            r"(?:privacy policy|terms (?:of (?:use|service)|and conditions)|cookie (?:policy|settings))(?:\W|$)",
            r"(?:about|contact|advertise with) us(?:\W|$)",
        )
    )
)
_NOTICE_WITHIN = _one_of(
    r"版权所有|copyright\s*(?:©|\(c\))?\s*(?:19|20)\d\d|©\s*(?:19|20)?\d\d|all rights reserved",
    r"icp\s*[备证]|公网安备|网安备|许可证[编号:：(]|增值电信|网络文化经营",
    r"举报(?:电话|邮箱|中心)|违法和不良信息",
    r"网站地图|友情链接|技术支持[:：]|主办单位[:：]|承办单位[:：].{0,30}版权",
    r"关于我们.{0,60}(?:联系|招聘|服务)|联系我们.{0,40}(?:关于|版权|招聘)",
)

# --- Invitations ----------------------------------------------------------------------------------------------------------------

_PHONE = r"(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|400[\s-]?\d{3,4}[\s-]?\d{3,4}|0\d{2,3}-\d{7,8})"
_PROMPT = _one_of(
    # somebody sells something, or leaves a private number
    rf"[^。]{{0,24}}(?:招商|租售|出租|出售|转让|租赁|加盟|代理|办证|订购|团购|代购|合作|广告)\S{{0,8}}\s*[:：]?\s*{_PHONE}.{{0,40}}",
    rf"(?:或|加|请加|添加)?\s*(?:微信|qq)[/、和或]?(?:手机|电话|同号|号)?\s*[:：]?\s*{_PHONE}.{{0,40}}",
    r"请(?:说明|留下|提供|填写|注明)[您你]的[^。]{0,40}(?:需求|联系|手机|电话)[^。]{0,30}[。.]?",
    r".{0,16}(?:扫描?|扫一扫|微信扫|长按|识别|扫码).{0,18}(?:二维码|公众号|关注|下载|阅读|打开|手机|查看|分享|加入|观看|小程序).{0,16}",
    r".{0,6}(?:微信|手机|点击)?扫一扫.{0,8}|扫码.{0,14}|.{0,6}二维码.{0,6}",
    r".{0,14}(?:关注|订阅|搜索|欢迎).{0,14}(?:公众号|官方微信|官方微博|微信号|订阅号|视频号|头条号|官微|微信平台|公众平台).{0,24}",
    r"\S{0,8}微信(?:公众)?(?:号|服务号|订阅号|平台)\s*(?:[:：].{0,20})?|(?:app|客户端)(?:专享|下载|内打开)?",
    r"[(\[]?.{0,16}(?:更多|请|欢迎|立即|马上|点击|快来|第一时间|尽在).{0,16}(?:下载|安装|打开|登录|关注|进入|订阅).{0,20}"
    r"(?:app|客户端|小程序|公众号|专题|下载地址|频道|微信|微博).{0,24}",
    r"(?:下载|安装|打开|登录|进入).{0,12}(?:app|客户端|小程序)\S{0,20}",
    r"(?:点击|戳|查看|猛戳|轻触).{0,10}(?:阅读原文|阅读全文|查看原文|上方|下方|蓝字|进入|这里|此处|链接|更多|详情|购买|报名|专题).{0,20}",
    r"阅读原文",
    r".{0,16}(?:点赞|在看|转发)[、,，+和\s]{1,3}(?:点赞|在看|转发|收藏|评论).{0,16}",
    r"[^。]{0,10}(?:商务合作|广告合作|合作洽谈|商务洽谈|广告投放|广告热线|新闻热线|爆料|报料|投稿|客服热线|客服电话|咨询热线|加盟热线"
    r"|订阅热线|读者热线|招商热线|代理办证)"
    r"\s*(?:热线|电话|邮箱|请|微信|qq|联系|[:：]|\d)[^。]{0,60}",
    r"(?:广告|推广|赞助|赞助内容|广告软文)(?:\s?[x×])?",
    r"(?:(?:advertise|promoted|sponsored)(?:ment| content| links?)?|ads by google|ads?|advert)(?:\s?[x×])?",
    r"(?:登录|注册|登陆)(?:后|即可|账号|以后).{0,16}|没有账号.{0,20}|忘记密码.{0,10}|记住我.{0,10}|一键登录.{0,20}|免注册.{0,20}",
    r".{0,4}请先登录.{0,10}",
    r"(?:您的|你的)?浏览器.{0,20}(?:不支持|版本|升级).{0,30}",
    r"正在加载.{0,6}|加载中.{0,6}|加载更多.{0,6}|loading.{0,6}|已显示全部内容|没有更多.{0,6}",
    r"(?:sign up|subscribe|register|log in|sign in|join)\b.{0,70}"
    r"(?:newsletters?|free|account|today|inbox|now|updates|alerts|here|premium|unlimited|continue reading)\b.{0,30}",
    r"[^.]{0,30}\bnewsletters?\b[^.]{0,30}|enter your e-?mail.{0,60}",
    r"(?:click|tap) here\b.{0,60}|follow (?:us|me|\S{1,20}) on .{1,40}|(?:like|find) us on .{1,30}",
    r"download (?:the|our) .{1,30}\bapp\b.{0,30}|get (?:the|our) .{1,30}(?:app|newsletter).{0,30}",
    r"skip to (?:main |the )?content.*|toggle navigation|(?:please )?(?:enable|turn on) javascript.{0,60}",
    r"(?:accept|manage) (?:all )?cookies.{0,30}",
)
_CONTACT = re.compile(rf".{{0,40}}(?:电话|热线|手机|tel|微信|qq|联系人?|咨询)\D{{0,12}}{_PHONE}.{{0,40}}")

# --- Other articles -------------------------------------------------------------------------------------------------------------

_OTHER = (
    r"(?:相关|有关|类似|推荐|热门|热点|最热|最新|最近|精彩|精选|精华|延伸|扩展|拓展|往期|更多|近期|本周|今日|今天|其他|其它|往日|编辑|本站|站内|频道"
    r"|同类|24小时|一周|每日|每周|月度|小编|作者|媒体|该作者|ta的?|热)"
)
_THINGS = (
    r"(?:阅读|文章|新闻|推荐|资讯|内容|报道|链接|专题|话题|视频|图片|图集|图文|稿件|事件|产品|搜索|帖子|主题|标签|信息|动态|要闻|热点|热文|博文|回顾"
    r"|精选|精华|热帖|消息|头条|发表|最新|更新|合集|作品|tags?)"
)
_TO_MORE = r"(?:推荐|列表|排行榜?|榜单?|导读|链接|阅读)?\s*(?:\d+篇?)?\s*(?:更多|more|换一换|换一批|查看全部)?"
_RELATED = _one_of(
    rf"(?:{_OTHER}的?){{1,2}}(?:{_THINGS}){{1,2}}{_TO_MORE}",
    r".{0,36}[”\"』」》]?\s*的?\s*相关(?:文章|阅读|新闻|报道|推荐)",
    r"(?:猜你|猜您|你可能|您可能|你或许|大家)(?:也|还|会|都)?(?:感?喜欢|感?兴趣|想看|关注|在看|在读|在搜).{0,8}|大家都在(?:看|搜|读|聊)",
    rf"(?:为你|为您|特别|重点|重磅|编辑|今日|精心|热门|相关|本站|频道|热点)推荐{_TO_MORE}",
    r"(?:阅读|点击|新闻|点播|浏览|评论|热点|热门|搜索|文章|下载|人气|周|月|日|24小时)?(?:新闻|文章|点击|点播)?排行榜?\s*(?:更多|more)?",
    r"视觉焦点|图片新闻|视频新闻|精彩图集|精彩组图|高清组图|高清图集|新闻图集|精彩视频|组图|大图|热图|图集|热图推荐|今日头条",
    r"热词|热帖|热评|热搜|热榜",
    r"看过(?:本文|此文|该文|这篇|还|的人).{0,16}|(?:阅读|看)了?(?:该|此|本)文.{0,6}(?:还|又).{0,8}",
    r"(?:阅读)?(?:上|下)一篇|返回列表页|友情链接.{0,30}|合作媒体|(?:文章)?(?:关键[词字]|标签)",
    r"related(?: (?:articles?|stor(?:y|ies)|posts?|content|news|topics?|coverage|links?|reading|videos?|items?|tags|searches))?",
    r"(?:more|other|latest|recent|top|popular|trending|featured|recommended|similar"
    r"|most[- ](?:popular|read|viewed|shared|recent|commented|emailed))"
    r"(?: (?:articles?|stor(?:y|ies)|posts?|news|headlines|content|videos?|links|reads?|reading|topics?|coverage|from|in|on|by|for"
    r"|now|today|this week|you|right now|around the web)\b.{0,40})?",
    r"you (?:may|might|could|will) (?:also )?(?:like|be interested|enjoy|have missed)|you'll also like|people also (?:read|ask)",
    r"also (?:on|in|read|see)|see also|read (?:this )?next|what to read next|up next|next up|keep reading|further reading|explore more",
    r"more (?:like|on) this(?: (?:topic|story))?|editor'?s'? (?:picks?|choice)|don't miss|in case you missed it|recommended for you",
    r"(?:from )?around the web|from the web|from our partners|elsewhere on.{0,20}|in pictures|other stories|best of|just in",
    r"external links|follow this (?:topic|story)",
)
_LINK = _one_of(
    rf"[\[【(]?\s*(?:{_OTHER}(?:阅读|文章|新闻|链接|报道|推荐|专题|资讯)|此前报道|早前报道|前期报道|往期回顾|(?:阅读)?[上下]一[篇条]|[上下]篇|延伸阅读"
    r"|原文链接|本文链接|文章链接|原文地址|查看原文|原文出处)\s*[\])】]?\s*[:：|丨]\s*\S.*",
    r".{0,4}[上下]一篇[:：\]】].*",
    r"(?:read more|read also|also read|see also|related|more|watch|listen|recommended|don't miss|next up"
    r"|(?:next|previous|prev)(?: (?:post|article|story))?)\s*[:|»>]\s*\S.*",
    r"read more.{0,3}|continue reading.{0,3}",
    r"(?:(?:文章)?(?:关键[词字]|标签)|tags?|topics?|keywords?|filed under|categories|category)\s*(?:[:：]|>>).*|标签\s\S.*",
)

# --- Readers' comments ----------------------------------------------------------------------------------------------------------

_COMMENTS = _one_of(
    r"(?:网友|全部|最新|热门|精彩|最热|新|热|用户|读者|文章|新闻|查看|更多|所有|推荐|精选|我要|发表|添加|写|我来|查看全部|更多精彩|热点)+"
    r"(?:评论|留言|跟[帖贴]|热评|说两句|讨论)\s*[(:：]?\s*[\d,共]*\s*(?:条|个)?(?:评论)?[)）]?.{0,10}",
    r"(?:评论|留言|跟[帖贴]|讨论|留言与评论|评论区|留言板|留言区)\s*[(:：]?\s*(?:共有?)?\s*[\d,]*\s*(?:条|个|篇)?(?:评论|留言)?[)）]?",
    r"[\d,]+\s*(?:条评论|个评论|条留言|条回复|人跟贴|人参与|条跟[帖贴]).{0,20}|.{0,10}\d+\s*人参与\s*(?:网友)?评论.*",
    r"已有\s*[\d,]*\s*(?:条|人).{0,16}",
    r".{0,10}网友(?:评论|发言|留言).{0,10}(?:仅|只|不代表|表达).*|.{0,12}文明上网.*|请(?:自觉)?遵守.{0,20}(?:法律|法规|规定|政策).*",
    r".{0,20}跟帖(?:自律|管理|广场).*|(?:暂无|还没有|没有|目前没有|快来).{0,6}(?:评论|留言|跟[帖贴]).{0,16}",
    r"(?:来)?说(?:两|几)句(?:吧|\.+)?|(?:我来)?说点什么.{0,8}|(?:还可(?:以)?输入|已输入).{0,12}字",
    r"(?:leave|post|write|add|submit|join|view|show|see|read|hide|load)(?: (?:a|your|the|all|more|in the|\d+))*"
    r" (?:comments?|reply|replies|conversation|discussion|response)\b.{0,30}",
    r"(?:comments?|replies|responses|discussion|conversation|reader comments|the comments)\s*(?:\(?\s*\d*\s*\)?|section|policy)",
    r"comments are closed\.?|comments? guidelines?",
    r"\d+ (?:comments?|replies|responses|thoughts on .{0,80})|your email address will not be published.*",
    r"what do you think\?|have your say.{0,30}|join the conversation.{0,30}|.{0,30}report this (?:comment|post).{0,3}",
)

# --- When, by whom and where ----------------------------------------------------------------------------------------------------

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = (
    r"(?:(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?"
    rf"|(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d|\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS})\.?,? (?:19|20)\d\d)"
)
_BARE_DATE = re.compile(rf"\W*{_DATE}(?:\s*\d{{1,2}}:\d\d(?::\d\d)?)?\W*")
_DATELINE = _one_of(
    rf".{{0,40}}(?<!\d){_DATE}.{{0,60}}",
    r"(?:文章)?(?:来源|来源于|出处|稿源|信源|信息来源|作者|撰文|撰稿|采写|采访|文|图|图/文|文/图|文/|记者|通讯员|供稿|供图|发稿|原创)"
    r"\s*[:：/|丨].{1,50}",
    r"(?:发布(?:时间|日期|者|人|单位)?|发表于|发布于|更新(?:时间|于)|时间|日期)\s*[:：/|丨].{1,50}",
    r"(?:by|published|updated|posted|last (?:updated|modified)|written by|first published|words by|story by|from)\b[:\s].{2,70}",
    r"\d{1,2}:\d\d(?::\d\d)?",
    r"(?:今天|昨天|前天|刚刚|\d{1,2}\s?(?:分钟|小时|天|周|个月)前)\s*(?:\d{1,2}:\d\d)?",
    r"\d+ (?:minutes?|hours?|days?|weeks?|months?|years?) ago",
)

# --- Judging a line -------------------------------------------------------------------------------------------------------------

_BY_PATTERN = (
    (Kind.DATELINE, _BARE_DATE),
    (Kind.COUNT, re.compile(r"[\d,.]+\s*[万k]?\+?|[\W\d_]+")),
    (Kind.PATH, _PATH),
    (Kind.COMMENTS, _COMMENTS),
    (Kind.RELATED, _RELATED),
    (Kind.WIDGET, _WIDGET),
    (Kind.CREDIT, _CREDIT),
    (Kind.LINK, _LINK),
    (Kind.PROMPT, _PROMPT),
    (Kind.CONTACT, _CONTACT),
)
"""In order: the first that fits the whole line decides."""
_FRAME = "|>»<+-—_=~*#·•:：【】[]()（）「」 \t"
"""What headings of lists are decorated with."""

_FINISHED = re.compile(r"[。；;!！?？.…][”’」』）)】》\"']*(?:[(（\[【][^()（）]{1,20}[)）\]】])?$")  # "… 。(某某摄)" too
_CUT_OFF = re.compile(r"(?<![。！？.…])(?:…|\.\.\.?)(?:\[?(?:详细|更多|more)\]?)?$")
_SEPARATOR = re.compile(r"[_|>丨]")
_LATIN_WORD = re.compile(r"[a-z][a-z'’-]*")


def is_prose(folded: str) -> bool:
    """Whether a line reads as running text: a finished sentence, or long and parted by commas."""
    width = columns(folded)
    if width < _PROSE_COLUMNS or _CUT_OFF.search(folded, max(0, len(folded) - 12)):
        return False
    finished = _FINISHED.search(folded, max(0, len(folded) - 30)) is not None
    if 2 * (width - len(folded)) > len(folded):  # mostly wide characters: headlines may end in "!" or "?", hardly ever in "。"
        if finished and "。" in folded:
            return True
        return width >= _COMMA_COLUMNS and (finished or "," in folded) and len(_SEPARATOR.findall(folded)) < _KEYWORDS
    words = len(_LATIN_WORD.findall(folded)) or folded.count(" ")
    return (finished and words >= _PROSE_WORDS) or words >= 2 * _PROSE_WORDS


def kind_of(folded: str) -> Kind:
    """What a folded line is, judged by itself.

    >>> [kind_of(line).name for line in ("分享到:微信 微博", "责任编辑:王晓明", "相关阅读", "第一章 总则")]
    ['WIDGET', 'CREDIT', 'RELATED', 'PLAIN']
    """
    # Menus and share bars come again on every page of a site.
    return _kind_of_short(folded) if len(folded) <= _LONGEST_FURNITURE else _kind_of(folded)


def _kind_of(folded: str) -> Kind:
    width = columns(folded)
    prose = is_prose(folded)
    if width <= 4 * _LONGEST_FURNITURE and _NOTICE_START.match(folded):
        return Kind.NOTICE
    if width <= _LONGEST_FURNITURE:
        bare = folded.strip(_FRAME)
        for kind, pattern in _BY_PATTERN:
            if pattern.fullmatch(folded) or (bare != folded and pattern.fullmatch(bare)):
                return kind
        if width <= _LONGEST_HEADING and _RELATED.fullmatch(re.sub(r"[\s·•|]+", "", bare)):
            return Kind.RELATED
        if _NOTICE_WITHIN.search(folded) and not (prose and "。" in folded):
            return Kind.NOTICE
        if not prose and _is_button_bar(folded):
            return Kind.WIDGET
    if prose:
        return Kind.PROSE
    return Kind.DATELINE if width <= _LONGEST_FURNITURE and _DATELINE.fullmatch(folded) else Kind.PLAIN


_kind_of_short = functools.lru_cache(maxsize=4096)(_kind_of)


def _is_button_bar(folded: str) -> bool:
    """Whether most of a line is buttons, with a name or an unknown button among them."""
    buttons = [button for button in _BUTTON.findall(folded) if len(button) > 1]
    letters = sum(char.isalnum() for char in folded)
    return len(set(buttons)) >= 3 and sum(map(len, buttons)) >= _BUTTON_SHARE * letters


def read_now(folded: str) -> int:
    """How many characters "正在阅读:" takes before the title that follows it; 0 if the line does not begin so."""
    match = _READING_NOW.match(folded)
    return match.end() if match else 0
