"""Every sentence the chat window says, as data: one row per interface language, nothing here decides anything.

Answers and quotes are never translated; they stay in the articles' own words.
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One interface language. Braces mark what is filled in by `str.format`; the values are plain text, escaped when rendered."""

    language: str
    """BCP 47 tag, for the ``lang`` attribute of these sentences."""

    # the page
    conversation_tab: str
    library_tab: str
    promise: str
    samples_open: str
    empty_chat: str
    empty_library: str
    question_label: str
    question_hint: str
    send: str
    add_label: str
    add_hint: str

    # answers
    reading: str
    confidence: tuple[tuple[float, str], ...]
    """From this confidence on, these words; the highest first, the last from 0 on."""
    confidence_hint: str
    also_in: str
    seconds: str
    no_date: str
    not_found: str
    nearest: str

    # adding articles
    added: str
    updated: str
    unchanged: str
    duplicate: str
    refused: str
    format_unknown: str
    too_large: str
    nothing_readable: str
    damaged: str
    library_read_only: str
    library_busy: str
    library_trouble: str

    # what went wrong
    empty_question: str
    no_articles: str
    ask_failed: str
    add_failed: str
    action_failed: str

    # following up
    understood: str
    ask_as_it_stands: str
    stop: str
    stopped: str
    unknown_words: str
    quoted: str
    comma: str

    # the article beside the conversation
    open_article: str
    panel_close: str
    live_page: str
    marked_lightly: str
    part_shown: str
    quote_it: str
    copy: str
    copied: str
    removed_lines: str
    removed_hint: str
    article_gone: str

    # limiting a question
    scope_label: str
    scope_articles: str
    origin: str
    """Several articles of one site, folder or file; ``name`` and ``count``."""
    scope_since: str
    scope_until: str
    scope_day_hint: str
    scope_clear: str
    scope_active: str
    only_articles: str
    only_dates: str
    bad_day: str

    # judging answers
    is_right: str
    is_wrong: str
    is_elsewhere: str
    is_absent: str
    is_there: str
    noted_right: str
    noted_wrong: str
    noted_corrected: str
    noted_absent: str
    undo: str
    marking_hint: str
    right_words_label: str
    right_words_hint: str
    right_words_send: str
    other_article: str
    words_not_there: str

    # earlier conversations
    conversations: str
    new_conversation: str
    no_conversations: str
    turns: str
    delete: str
    delete_sure: str
    delete_yes: str
    delete_no: str
    conversation_gone: str
    turn_unreadable: str

    def sure(self, confidence: float) -> str:
        """Words for a confidence of 0–1."""
        return next(words for least, words in self.confidence if confidence >= least)


_HANS = Wording(
    language="zh-Hans",
    conversation_tab="提问",
    library_tab="文章",
    promise="只用您文章里的原话回答，每个答案都能在原文中查到；没有就说没有。",
    samples_open="现在打开的是示例文章库。您添加的文章会与示例放在一起。",
    empty_chat="向您的文章提一个问题，中文、英文都行。",
    empty_library="文章库还是空的。请先在“文章”页添加文章，再提问。",
    question_label="问题",
    question_hint="输入问题",
    send="提问",
    add_label="添加文章",
    add_hint="txt、md、html、mhtml、pdf、docx、epub、csv、json、RSS、zip，单个文件不超过 {megabytes} MB。文章只保存在这台电脑上。",
    reading="正在查阅文章",
    confidence=((0.85, "很有把握"), (0.65, "较有把握"), (0.4, "把握不大"), (0.0, "不确定")),
    confidence_hint="按以往的表现，这样的答案每一百个里约有 {percent} 个是对的",
    also_in="另见：{places}",
    seconds="用时 {seconds} 秒",
    no_date="日期不详",
    not_found="您的文章里没有找到答案。",
    nearest="下面几段与问题最接近，也许值得一看，但不是答案：",
    added="已添加：{title}（{date}）",
    updated="已更新：{title}（{date}），旧版本已替换。",
    unchanged="{name} 已在文章库中，内容没有变化。",
    duplicate="{name} 与库中已有的文章相同：{title}（{date}），没有重复添加。",
    refused="未能添加 {name}：{reason}",
    format_unknown="不支持这种文件。可以添加 txt、md、html、mhtml、pdf、docx、epub、csv、json、RSS、zip。",
    too_large="文件超过 {megabytes} MB。",
    nothing_readable="文件里没有可读的正文。如果是扫描件，请先做文字识别。",
    damaged="文件已损坏、加了密，或与扩展名不符。",
    library_read_only="文章库所在的文件夹不允许写入。",
    library_busy="另一个程序正在使用文章库，请稍后再试。",
    library_trouble="文章库暂时无法使用，详情请看运行窗口中的记录。",
    empty_question="请先输入问题，再发送。",
    no_articles="文章库还是空的。请先添加文章，再提问。",
    ask_failed="这个问题没能处理完，请再试一次，或换一种问法。详情记录在运行窗口中。",
    add_failed="添加 {name} 时出了问题，没有存入。请再试一次。详情记录在运行窗口中。",
    action_failed="这一步没有完成，请再试一次。详情记录在运行窗口中。",
    understood="理解为：{question}",
    ask_as_it_stands="按字面重新提问",
    stop="停止",
    stopped="已停止查阅。",
    unknown_words="问题里的这些词在文章库中一次也没有出现：{words}",
    quoted="“{text}”",
    comma="、",
    open_article="打开文章，定位到这一处",
    panel_close="关闭",
    live_page="在网页上查看这一处（会打开外部网站）",
    marked_lightly="浅色标出的是这次回答中的其他答案。",
    part_shown="文章很长，这里是全文 {chars} 字中的第 {first} 至 {last} 字。",
    quote_it="引用这句话",
    copy="复制",
    copied="已复制",
    removed_lines="清理时去掉的内容（{count} 行）",
    removed_hint="导航、广告之类，不参与回答。",
    article_gone="这篇文章已不在文章库中。",
    scope_label="限定范围",
    scope_articles="只查这些来源或文章",
    origin="{name} · {count} 篇",
    scope_since="起始日期",
    scope_until="截止日期",
    scope_day_hint="如 2022 或 2022-11-14",
    scope_clear="取消限定",
    scope_active="只查：{limits}",
    only_articles="{count} 篇选定的文章",
    only_dates="{first} 至 {last} 发表的文章",
    bad_day="看不懂这个日期：{day}。请写成 2022、2022-11 或 2022-11-14，截止日期不早于起始日期。",
    is_right="正确",
    is_wrong="不对",
    is_elsewhere="正确的话在别处",
    is_absent="我的文章里没有答案",
    is_there="文章里有，我来指出",
    noted_right="谢谢，已记下：正确。",
    noted_wrong="谢谢，已记下：不对。",
    noted_corrected="谢谢，已记下正确的原话：“{text}”",
    noted_absent="谢谢，已记下：文章里没有答案。",
    undo="撤销",
    marking_hint="请在正文中选中正确的话（也可以在下面输入），再按“就是这句”。",
    right_words_label="正确的原话",
    right_words_hint="在正文中选中，或在此输入",
    right_words_send="就是这句",
    other_article="换一篇文章",
    words_not_there="这篇文章里没有这几个字，请从正文中选取。",
    conversations="以往的对话",
    new_conversation="新对话",
    no_conversations="还没有对话。提问之后会保存在这里，只存在这台电脑上。",
    turns="{count} 问",
    delete="删除",
    delete_sure="删除这次对话？",
    delete_yes="确定删除",
    delete_no="保留",
    conversation_gone="这次对话已不在文章库中。",
    turn_unreadable="这条回答已无法显示。",
)

_HANT = Wording(
    language="zh-Hant",
    conversation_tab="提問",
    library_tab="文章",
    promise="只用您文章裡的原話回答，每個答案都能在原文中查到；沒有就說沒有。",
    samples_open="現在開啟的是範例文章庫。您加入的文章會與範例放在一起。",
    empty_chat="向您的文章提一個問題，中文、英文都可以。",
    empty_library="文章庫還是空的。請先在「文章」頁加入文章，再提問。",
    question_label="問題",
    question_hint="輸入問題",
    send="提問",
    add_label="加入文章",
    add_hint="txt、md、html、mhtml、pdf、docx、epub、csv、json、RSS、zip，單一檔案不超過 {megabytes} MB。文章只儲存在這台電腦上。",
    reading="正在查閱文章",
    confidence=((0.85, "很有把握"), (0.65, "較有把握"), (0.4, "把握不大"), (0.0, "不確定")),
    confidence_hint="依以往的表現，這樣的答案每一百個裡約有 {percent} 個是對的",
    also_in="另見：{places}",
    seconds="用時 {seconds} 秒",
    no_date="日期不詳",
    not_found="您的文章裡沒有找到答案。",
    nearest="下面幾段與問題最接近，也許值得一看，但不是答案：",
    added="已加入：{title}（{date}）",
    updated="已更新：{title}（{date}），舊版本已替換。",
    unchanged="{name} 已在文章庫中，內容沒有變化。",
    duplicate="{name} 與庫中已有的文章相同：{title}（{date}），沒有重複加入。",
    refused="未能加入 {name}：{reason}",
    format_unknown="不支援這種檔案。可以加入 txt、md、html、mhtml、pdf、docx、epub、csv、json、RSS、zip。",
    too_large="檔案超過 {megabytes} MB。",
    nothing_readable="檔案裡沒有可讀的正文。如果是掃描檔，請先做文字辨識。",
    damaged="檔案已損毀、加了密，或與副檔名不符。",
    library_read_only="文章庫所在的資料夾不允許寫入。",
    library_busy="另一個程式正在使用文章庫，請稍後再試。",
    library_trouble="文章庫暫時無法使用，詳情請看執行視窗中的記錄。",
    empty_question="請先輸入問題，再送出。",
    no_articles="文章庫還是空的。請先加入文章，再提問。",
    ask_failed="這個問題沒能處理完，請再試一次，或換一種問法。詳情記錄在執行視窗中。",
    add_failed="加入 {name} 時出了問題，沒有存入。請再試一次。詳情記錄在執行視窗中。",
    action_failed="這一步沒有完成，請再試一次。詳情記錄在執行視窗中。",
    understood="理解為：{question}",
    ask_as_it_stands="按字面重新提問",
    stop="停止",
    stopped="已停止查閱。",
    unknown_words="問題裡的這些詞在文章庫中一次也沒有出現：{words}",
    quoted="「{text}」",
    comma="、",
    open_article="開啟文章，定位到這一處",
    panel_close="關閉",
    live_page="在網頁上檢視這一處（會開啟外部網站）",
    marked_lightly="淺色標出的是這次回答中的其他答案。",
    part_shown="文章很長，這裡是全文 {chars} 字中的第 {first} 至 {last} 字。",
    quote_it="引用這句話",
    copy="複製",
    copied="已複製",
    removed_lines="清理時去掉的內容（{count} 行）",
    removed_hint="導覽、廣告之類，不參與回答。",
    article_gone="這篇文章已不在文章庫中。",
    scope_label="限定範圍",
    scope_articles="只查這些來源或文章",
    origin="{name} · {count} 篇",
    scope_since="起始日期",
    scope_until="截止日期",
    scope_day_hint="如 2022 或 2022-11-14",
    scope_clear="取消限定",
    scope_active="只查：{limits}",
    only_articles="{count} 篇選定的文章",
    only_dates="{first} 至 {last} 發表的文章",
    bad_day="看不懂這個日期：{day}。請寫成 2022、2022-11 或 2022-11-14，截止日期不早於起始日期。",
    is_right="正確",
    is_wrong="不對",
    is_elsewhere="正確的話在別處",
    is_absent="我的文章裡沒有答案",
    is_there="文章裡有，我來指出",
    noted_right="謝謝，已記下：正確。",
    noted_wrong="謝謝，已記下：不對。",
    noted_corrected="謝謝，已記下正確的原話：「{text}」",
    noted_absent="謝謝，已記下：文章裡沒有答案。",
    undo="復原",
    marking_hint="請在正文中選取正確的話（也可以在下面輸入），再按「就是這句」。",
    right_words_label="正確的原話",
    right_words_hint="在正文中選取，或在此輸入",
    right_words_send="就是這句",
    other_article="換一篇文章",
    words_not_there="這篇文章裡沒有這幾個字，請從正文中選取。",
    conversations="以往的對話",
    new_conversation="新對話",
    no_conversations="還沒有對話。提問之後會保存在這裡，只存在這台電腦上。",
    turns="{count} 問",
    delete="刪除",
    delete_sure="刪除這次對話？",
    delete_yes="確定刪除",
    delete_no="保留",
    conversation_gone="這次對話已不在文章庫中。",
    turn_unreadable="這則回答已無法顯示。",
)

_EN = Wording(
    language="en",
    conversation_tab="Ask",
    library_tab="Articles",
    promise="Answers in your articles’ own words, each with its place in the source, or an honest “not there”.",
    samples_open="The sample library is open. Articles you add are kept together with the samples.",
    empty_chat="Ask your articles a question, in English or Chinese.",
    empty_library="The library is empty. Add some under “Articles”, then ask.",
    question_label="Question",
    question_hint="Type a question",
    send="Ask",
    add_label="Add articles",
    add_hint="txt, md, html, mhtml, pdf, docx, epub, csv, json, feeds and zip, up to {megabytes} MB each. Articles stay on this computer.",
    reading="Reading your articles",
    confidence=((0.85, "very likely"), (0.65, "likely"), (0.4, "less certain"), (0.0, "uncertain")),
    confidence_hint="judging by past answers, about {percent} in a hundred like this one are right",
    also_in="Also in: {places}",
    seconds="{seconds} s",
    no_date="no date",
    not_found="Your articles do not say.",
    nearest="These passages come closest. You may want to look at them, but they are not an answer:",
    added="Added: {title} ({date})",
    updated="Updated: {title} ({date}). The old version was replaced.",
    unchanged="{name} is in the library already and has not changed.",
    duplicate="{name} is the same as an article in the library, {title} ({date}), and was not added again.",
    refused="{name} was not added: {reason}",
    format_unknown="this kind of file is not supported. txt, md, html, mhtml, pdf, docx, epub, csv, json, feeds and zip are.",
    too_large="it is larger than {megabytes} MB.",
    nothing_readable="there is no readable text in it. If it is a scan, run text recognition first.",
    damaged="it is damaged, encrypted, or not what its name says.",
    library_read_only="the library’s folder may not be written to.",
    library_busy="another program is using the library; try again in a moment.",
    library_trouble="the library cannot be used right now; the log in the terminal says why.",
    empty_question="Type a question first, then send it.",
    no_articles="The library is empty. Add articles first, then ask.",
    ask_failed="This question could not be finished. Try again, or put it another way. The log in the terminal has the details.",
    add_failed="Something went wrong with {name}, and it was not stored. Try again. The log in the terminal has the details.",
    action_failed="That could not be done. Try again. The log in the terminal has the details.",
    understood="Understood as: {question}",
    ask_as_it_stands="Ask it as it stands",
    stop="Stop",
    stopped="Stopped reading.",
    unknown_words="These words of the question stand nowhere in your library: {words}",
    quoted="“{text}”",
    comma=", ",
    open_article="Open the article at this place",
    panel_close="Close",
    live_page="See the place in the live page (opens another site)",
    marked_lightly="Marked lightly: the other answers of this reply.",
    part_shown="This article is long: here are characters {first} to {last} of {chars}.",
    quote_it="Quote this sentence",
    copy="Copy",
    copied="Copied",
    removed_lines="Removed when the page was cleaned ({count} lines)",
    removed_hint="Navigation, advertisements and the like. Not used for answers.",
    article_gone="This article is no longer in the library.",
    scope_label="Limit the question",
    scope_articles="Only these sources or articles",
    origin="{name} · {count} articles",
    scope_since="From",
    scope_until="To",
    scope_day_hint="such as 2022 or 2022-11-14",
    scope_clear="Ask all articles",
    scope_active="Only: {limits}",
    only_articles="chosen articles: {count}",
    only_dates="published {first} to {last}",
    bad_day="Not a date: {day}. Write 2022, 2022-11 or 2022-11-14, the last day not before the first.",
    is_right="Right",
    is_wrong="Wrong",
    is_elsewhere="The right words are elsewhere",
    is_absent="It’s not in my articles",
    is_there="It is there: I’ll show where",
    noted_right="Thank you, noted: right.",
    noted_wrong="Thank you, noted: wrong.",
    noted_corrected="Thank you, noted the right words: “{text}”",
    noted_absent="Thank you, noted: not in your articles.",
    undo="Undo",
    marking_hint="Select the right words in the text (or type them below), then press “These are the right words”.",
    right_words_label="The right words",
    right_words_hint="Select them in the text, or type them",
    right_words_send="These are the right words",
    other_article="Another article",
    words_not_there="The article does not hold these words. Select them in the text.",
    conversations="Past conversations",
    new_conversation="New conversation",
    no_conversations="None yet. What you ask is kept here, on this computer only.",
    turns="questions: {count}",
    delete="Delete",
    delete_sure="Delete this conversation?",
    delete_yes="Yes, delete",
    delete_no="Keep",
    conversation_gone="This conversation is no longer in the library.",
    turn_unreadable="This answer can no longer be shown.",
)

WORDINGS: dict[str, Wording] = {wording.language: wording for wording in (_HANS, _HANT, _EN)}

EXAMPLES: tuple[str, ...] = (
    "who spoke at the 2022 opening",
    "宝山引进的生物医药项目投资总额是多少？",
    "2023年產業週的主題是什麼？",
    "Who won the 2018 World Cup?",
)
"""Questions on the sample library: across languages, in Chinese, in Traditional characters, and one it cannot answer."""

_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def for_tag(tag: str) -> Wording | None:
    """The wording for a language tag such as ``zh-TW`` or ``en-GB``; none when there is no such interface language."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        return _HANT if _TRADITIONAL & set(parts[1:]) and "hans" not in parts else _HANS
    return _EN if parts[0] == "en" else None


def for_header(accept_language: str | None) -> Wording:
    """The wording a browser prefers by its ``Accept-Language`` header (RFC 9110, 12.5.4); English when it asks for none of ours.

    >>> for_header("de, zh-HK;q=0.8, en;q=0.5").language
    'zh-Hant'
    """
    wanted = []
    for place, part in enumerate((accept_language or "")[:1000].split(",")):
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if weight > 0:
            wanted.append((-weight, place, tag))
    known = (for_tag(tag) for _, _, tag in sorted(wanted))
    return next((wording for wording in known if wording), WORDINGS[DEFAULT])


def for_question(question: str, *, otherwise: Wording) -> Wording:
    """The wording in the language of a question, told by its characters; ``otherwise`` when that is none of ours."""
    from qa.question import MAX_CHARS, understand

    if not question.strip():
        return otherwise
    language = understand(question).language
    if language == "zh":
        return _HANT if traditional(question[:MAX_CHARS]) else _HANS
    return for_tag(language) or otherwise


def traditional(text: str) -> bool:
    """Whether Chinese text is written in Traditional characters: folding to Simplified changes some of its letters."""
    from corpus.folding import fold

    return any("\u3400" <= before <= "\u9fff" and before != after for before, after in zip(text, fold(text), strict=True))


LABELS: tuple[str, ...] = (
    "conversation_tab",
    "library_tab",
    "promise",
    "samples_open",
    "empty_chat",
    "empty_library",
    "question_label",
    "question_hint",
    "send",
    "stop",
    "scope_label",
    "scope_articles",
    "scope_since",
    "scope_until",
    "scope_day_hint",
    "scope_clear",
    "right_words_label",
    "right_words_hint",
    "right_words_send",
    "other_article",
    "conversations",
    "new_conversation",
    "add_label",
    "add_hint",
)
"""The sentences that are shown by the page itself; the others are made on the server."""


def labels(*, megabytes: int) -> dict[str, dict[str, str]]:
    """The page's fixed labels for `gradio.I18n`: locale as Gradio names it → key → sentence.

    Args:
        megabytes: the largest file that may be added.
    """
    locales = {"en": _EN, "zh-CN": _HANS, "zh-TW": _HANT}
    return {locale: {key: getattr(words, key).format(megabytes=megabytes) for key in LABELS} for locale, words in locales.items()}
