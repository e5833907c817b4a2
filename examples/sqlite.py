#!/usr/bin/env python3
"""Keeps a SQLite table equal to relais' states. Python 3.8 or newer, nothing else.

    RELAIS_URL=http://127.0.0.1:8025 RELAIS_TOKEN=... python3 sqlite.py states.db [--once]

The first time it loads the register, then it follows the change feed. States and position are written in
one transaction: the table is never ahead of or behind its position, whenever either side is killed.
"""
import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ.get("RELAIS_URL", "http://127.0.0.1:8025").rstrip("/") + "/api/v1"
TOKEN = os.environ.get("RELAIS_TOKEN") or sys.exit("RELAIS_TOKEN is not set")
ONCE = "--once" in sys.argv


class StartAgain(Exception):
    """The feed no longer goes back to our position, or is another one: load the register anew."""


def get(path, **query):
    request = urllib.request.Request(
        URL + path + "?" + urllib.parse.urlencode(query), headers={"Authorization": "Bearer " + TOKEN}
    )
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 410:
            raise StartAgain() from None
        raise


def position(db):
    row = db.execute("SELECT seq FROM position").fetchone()
    return None if row is None else row[0]


def move(db, seq):
    db.execute("DELETE FROM position")
    db.execute("INSERT INTO position VALUES (?)", (seq,))


def load(db):
    """All pages of the register, then the feed from the first page's number on."""
    seq, cursor = None, None
    with db:
        db.execute("DELETE FROM states")
        while True:
            page = get("/messages", limit=500, **({"cursor": cursor} if cursor else {}))
            seq = page["seq"] if seq is None else seq
            for message in page["items"]:
                for index, recipient in enumerate(message["recipients"]):
                    keep(db, message["id"], index, recipient["address"], recipient["state"], recipient["category"], message["document"])
            cursor = page["next"]
            if cursor is None:
                break
        move(db, seq)


def keep(db, message, index, recipient, state, category, document):
    db.execute(
        "INSERT INTO states VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (message, recipient_index)"
        " DO UPDATE SET state = excluded.state, category = excluded.category",
        (message, index, recipient, state, category, document),
    )


def apply(db, event):
    if event["type"] == "message.accepted":
        # The event counts recipients; who they are stands in the message.
        try:
            message = get("/messages/" + event["message"])
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return  # erased meanwhile
            raise
        for recipient in message["recipients"]:
            # Later events say what became of it: here it begins.
            keep(db, message["id"], recipient["index"], recipient["address"], "queued", None, message["document"])
    elif event["type"] == "message.deleted":
        db.execute("DELETE FROM states WHERE message = ?", (event["message"],))
    elif event["type"] == "message.referenced":
        db.execute("UPDATE states SET document = ? WHERE message = ?", (event.get("document"), event["message"]))
    elif "state" in event and "index" in event:
        db.execute(
            "UPDATE states SET state = ?, category = ? WHERE message = ? AND recipient_index = ?",
            (event["state"], event.get("category"), event["message"], event["index"]),
        )


def follow(db):
    while True:
        seq = position(db)
        page = get("/changes", after=seq, limit=500, **({} if ONCE else {"wait": "30s"}))
        with db:
            for event in page["items"]:
                apply(db, event)
            move(db, page["last"])
        if ONCE and page["last"] == seq:
            return


def main():
    db = sqlite3.connect([a for a in sys.argv[1:] if not a.startswith("-")][0])
    db.execute("PRAGMA synchronous = FULL")
    db.execute(
        "CREATE TABLE IF NOT EXISTS states (message TEXT, recipient_index INTEGER, recipient TEXT, state TEXT,"
        " category TEXT, document TEXT, PRIMARY KEY (message, recipient_index))"
    )
    db.execute("CREATE TABLE IF NOT EXISTS position (seq INTEGER NOT NULL)")
    while True:
        try:
            if position(db) is None:
                load(db)
            follow(db)
            return
        except StartAgain:
            with db:
                db.execute("DELETE FROM position")
        except (OSError, ValueError) as error:
            if ONCE:
                raise
            print(f"{error}; again in a second", file=sys.stderr)
            time.sleep(1)


main()
