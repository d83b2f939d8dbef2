"""Every sentence of the library's tab, as data: one row per interface language, like `wording`, whose rows say the rest."""

from __future__ import annotations

from dataclasses import dataclass

_FINDINGS = {
    "orphaned-vectors": "orphaned_vectors",
    "stale-vectors": "stale_vectors",
    "missing-vectors": "missing_vectors",
    "duplicates": "duplicates",
    "little-text": "little_text",
    "undated": "undated_found",
    "language": "language_unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWording:
    """One interface language. Braces mark what is filled in by `str.format`; the values are plain text, escaped when rendered."""

    # labels that the page itself shows
    paste_label: str
    paste_hint: str
    paste_send: str
    search_label: str
    search_hint: str
    examine: str

    # what became of what was added
    pasted_name: str
    nothing_pasted: str
    summary: str
    unreachable: str
    not_web: str
    part_removed: str

    # the list
    caption: str
    count_all: str
    count_some: str
    empty: str
    none_match: str
    title: str
    published: str
    source: str
    passages: str
    state: str
    embedded: str
    waiting: str
    newest: str
    a_to_z: str
    clear_period: str
    earlier_page: str
    later_page: str
    page_of: str
    remove: str
    remove_question: str
    remove_yes: str
    remove_no: str
    removed: str
    gone: str

    # the chart
    chart: str
    chart_bar: str
    undated: str

    # one article
    back: str
    kept_since: str
    also_from: str
    authors: str
    characters: str
    show_more: str
    furniture: str

    # examining
    healthy: str
    found: str
    damage: str
    orphaned_vectors: str
    stale_vectors: str
    missing_vectors: str
    duplicates: str
    little_text: str
    undated_found: str
    language_unknown: str

    def finding(self, kind: str) -> str:
        """What a kind of `corpus.doctor.Finding` means and what to do; unknown ones are told like damage."""
        return str(getattr(self, _FINDINGS.get(kind, "damage")))


_HANS = LibraryWording(
    paste_label="或者粘贴文字、网址",
    paste_hint="粘贴一篇文章的文字（第一行作标题），或一个网址",
    paste_send="添加",
    search_label="搜索文章",
    search_hint="标题、文件名、网址或日期",
    examine="检查文章库",
    pasted_name="粘贴的文字",
    nothing_pasted="请先粘贴文字或网址，再添加。",
    summary="添加 {added} 篇，更新 {updated} 篇，原已在库 {known} 篇，失败 {failed} 个。",
    unreachable="这个网址现在打不开，或者不允许程序读取。请检查网络和网址，或在浏览器里保存网页后添加文件。",
    not_web="只能添加 http:// 或 https:// 开头的网址。",
    part_removed="{name} 已不在文件中，已移除。",
    caption="文章库中的文章",
    count_all="共 {count} 篇文章",
    count_some="共 {total} 篇文章，符合条件的有 {count} 篇",
    empty="文章库还是空的。请在上方添加文章。",
    none_match="没有符合条件的文章。",
    title="标题",
    published="日期",
    source="来源",
    passages="段落",
    state="状态",
    embedded="可以提问",
    waiting="等待处理",
    newest="按日期从新到旧排列",
    a_to_z="按标题排列",
    clear_period="只看 {period}，点此看全部",
    earlier_page="上一页",
    later_page="下一页",
    page_of="第 {page} 页，共 {pages} 页",
    remove="移除",
    remove_question="要从文章库中移除这篇文章吗？原来的文件不受影响。",
    remove_yes="移除",
    remove_no="保留",
    removed="已移除：{title}",
    gone="这篇文章已不在文章库中。",
    chart="各时期的文章数（点击可筛选）",
    chart_bar="{count} 篇",
    undated="日期不详",
    back="返回列表",
    kept_since="{day} 存入",
    also_from="也来自：{sources}",
    authors="作者：{authors}",
    characters="{count} 字",
    show_more="显示更多",
    furniture="作为网页杂项去掉的 {count} 行",
    healthy="文章库一切正常。",
    found="检查出以下情况：",
    damage="文章库文件已损坏。请用备份替换 library.db，或运行 yuanwen export 导出还能读出的内容，再导入新的文章库。",
    orphaned_vectors="有些向量不属于任何段落。运行 yuanwen doctor --fix 可以清除。",
    stale_vectors="有些向量由另一个模型生成。运行 yuanwen add --reembed 可以重新生成。",
    missing_vectors="有些段落还没有生成向量，目前只能按词找到。下次添加文章时会补上。",
    duplicates="有些文章内容几乎相同，同一件事会被算两次。可以打开比较，移除其中一篇：",
    little_text="有些文章几乎没有正文，可能是扫描件，或是要靠脚本才显示的网页。请打开看看，必要时重新保存后添加：",
    undated_found="有些文章没有日期，按时间提问时不会用到：",
    language_unknown="有些文章看不出是什么语言，可能是乱码：",
)

_HANT = LibraryWording(
    paste_label="或者貼上文字、網址",
    paste_hint="貼上一篇文章的文字（第一行作標題），或一個網址",
    paste_send="加入",
    search_label="搜尋文章",
    search_hint="標題、檔名、網址或日期",
    examine="檢查文章庫",
    pasted_name="貼上的文字",
    nothing_pasted="請先貼上文字或網址，再加入。",
    summary="加入 {added} 篇，更新 {updated} 篇，原已在庫 {known} 篇，失敗 {failed} 個。",
    unreachable="這個網址現在打不開，或者不允許程式讀取。請檢查網路和網址，或在瀏覽器裡儲存網頁後加入檔案。",
    not_web="只能加入 http:// 或 https:// 開頭的網址。",
    part_removed="{name} 已不在檔案中，已移除。",
    caption="文章庫中的文章",
    count_all="共 {count} 篇文章",
    count_some="共 {total} 篇文章，符合條件的有 {count} 篇",
    empty="文章庫還是空的。請在上方加入文章。",
    none_match="沒有符合條件的文章。",
    title="標題",
    published="日期",
    source="來源",
    passages="段落",
    state="狀態",
    embedded="可以提問",
    waiting="等待處理",
    newest="按日期從新到舊排列",
    a_to_z="按標題排列",
    clear_period="只看 {period}，點此看全部",
    earlier_page="上一頁",
    later_page="下一頁",
    page_of="第 {page} 頁，共 {pages} 頁",
    remove="移除",
    remove_question="要從文章庫中移除這篇文章嗎？原來的檔案不受影響。",
    remove_yes="移除",
    remove_no="保留",
    removed="已移除：{title}",
    gone="這篇文章已不在文章庫中。",
    chart="各時期的文章數（點擊可篩選）",
    chart_bar="{count} 篇",
    undated="日期不詳",
    back="返回列表",
    kept_since="{day} 存入",
    also_from="也來自：{sources}",
    authors="作者：{authors}",
    characters="{count} 字",
    show_more="顯示更多",
    furniture="作為網頁雜項去掉的 {count} 行",
    healthy="文章庫一切正常。",
    found="檢查出以下情況：",
    damage="文章庫檔案已損毀。請用備份替換 library.db，或執行 yuanwen export 匯出還能讀出的內容，再匯入新的文章庫。",
    orphaned_vectors="有些向量不屬於任何段落。執行 yuanwen doctor --fix 可以清除。",
    stale_vectors="有些向量由另一個模型產生。執行 yuanwen add --reembed 可以重新產生。",
    missing_vectors="有些段落還沒有產生向量，目前只能按詞找到。下次加入文章時會補上。",
    duplicates="有些文章內容幾乎相同，同一件事會被算兩次。可以打開比較，移除其中一篇：",
    little_text="有些文章幾乎沒有正文，可能是掃描檔，或是要靠指令碼才顯示的網頁。請打開看看，必要時重新儲存後加入：",
    undated_found="有些文章沒有日期，按時間提問時不會用到：",
    language_unknown="有些文章看不出是什麼語言，可能是亂碼：",
)

_EN = LibraryWording(
    paste_label="Or paste text or a web address",
    paste_hint="The text of an article (its first line becomes the title), or one web address",
    paste_send="Add",
    search_label="Search articles",
    search_hint="Title, file name, address or date",
    examine="Check the library",
    pasted_name="pasted text",
    nothing_pasted="Paste a text or a web address first, then add it.",
    summary="{added} added, {updated} updated, {known} already there, {failed} failed.",
    unreachable="it cannot be reached, or programs may not read it. Check the connection, or save the page in a browser and add that.",
    not_web="only addresses that begin with http:// or https:// can be added.",
    part_removed="{name} is no longer in its file and was removed.",
    caption="Articles in the library",
    count_all="Articles: {count}",
    count_some="Articles: {count} of {total} match",
    empty="The library is empty. Add articles above.",
    none_match="No article matches.",
    title="Title",
    published="Date",
    source="Source",
    passages="Passages",
    state="State",
    embedded="ready",
    waiting="waiting",
    newest="Sort by date, the latest first",
    a_to_z="Sort by title",
    clear_period="Only {period}; show all",
    earlier_page="Previous page",
    later_page="Next page",
    page_of="Page {page} of {pages}",
    remove="Remove",
    remove_question="Remove this article from the library? The file it came from stays where it is.",
    remove_yes="Remove it",
    remove_no="Keep it",
    removed="Removed: {title}",
    gone="This article is no longer in the library.",
    chart="Articles over time (click to filter)",
    chart_bar="articles: {count}",
    undated="no date",
    back="Back to the list",
    kept_since="added {day}",
    also_from="Also from: {sources}",
    authors="By {authors}",
    characters="{count} characters",
    show_more="Show more",
    furniture="Lines left out as page furniture: {count}",
    healthy="All is well with the library.",
    found="The check found this:",
    damage="The library’s file is damaged. Put library.db back from a backup, or save what can be read: yuanwen export.",
    orphaned_vectors="Some vectors belong to no passage. To drop them: yuanwen doctor --fix",
    stale_vectors="Some vectors were made by another model. To make them anew: yuanwen add --reembed",
    missing_vectors="Some passages are not embedded yet and are found by their words alone. The next addition embeds them.",
    duplicates="Some articles say nearly the same, so that one fact counts twice. Open them to compare, and remove one:",
    little_text="Some articles have hardly any text: scans, or pages that scripts fill in. Look at them, and save them again if need be:",
    undated_found="Some articles have no date, so a question about a time passes them over:",
    language_unknown="Of some articles the language cannot be told; they may be garbled:",
)

LIBRARY_WORDINGS: dict[str, LibraryWording] = {"zh-Hans": _HANS, "zh-Hant": _HANT, "en": _EN}
"""By the same language tags as `wording.WORDINGS`."""

LABELS: tuple[str, ...] = ("paste_label", "paste_hint", "paste_send", "search_label", "search_hint", "examine")
"""The sentences that are shown by the page itself."""


def labels() -> dict[str, dict[str, str]]:
    """The tab's fixed labels for `gradio.I18n`: locale as Gradio names it → key → sentence."""
    locales = {"en": _EN, "zh-CN": _HANS, "zh-TW": _HANT}
    return {locale: {key: getattr(words, key) for key in LABELS} for locale, words in locales.items()}
