"""Whether an HTML page is well-formed, and whole in itself: each element that is opened is closed, in
order, and nothing is fetched from elsewhere. Prints what it holds, exit status 1 with the first fault.

    check_page.py PAGE.html
"""

import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "area", "base", "col", "embed", "source", "track", "wbr"}
FETCHING = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src")}


class Page(HTMLParser):
    """`open`: elements that are open, innermost last; `count`: elements seen."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.count = 0

    def fault(self, text):
        line, column = self.getpos()
        sys.exit(f"{sys.argv[1]}:{line}:{column}: {text}")

    def handle_starttag(self, tag, attrs):
        self.count += 1
        for name, value in attrs:
            if (tag, name) in FETCHING and value and not value.startswith(("data:", "#")):
                self.fault(f"{tag} fetches {value}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.count += 1

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.fault(f"</{tag}> closes nothing that is open")


page = Page()
text = open(sys.argv[1], encoding="utf-8").read()
page.feed(text)
page.close()
if page.open:
    page.fault(f"<{page.open[-1]}> is never closed")
if page.count < 10:
    page.fault(f"has {page.count} elements")
print(f"page of {len(text)} bytes, {page.count} elements, all closed")
