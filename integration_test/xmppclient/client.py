"""An XMPP client for tests: slixmpp does the protocol, a Go test says what to send.

Arguments: host, port, JID with resource, password. Lines of JSON come in on stdin and go out on stdout.
In:  {"do": "send", "xml": TEXT}        write this stanza
     {"do": "manual", "xmlns": [NS…]}   leave IQ requests with these payloads to the test (all others are answered here)
     {"do": "abort"}                    close the socket without a word
     {"do": "leave"}                    close the stream
Out: {"event": "online", "jid": JID}, {"event": "stanza", "xml": TEXT}, {"event": "manual"},
     {"event": "offline", "reason": TEXT} (the last line)
"""

import asyncio
import json
import sys
import xml.etree.ElementTree as ET

from slixmpp import ClientXMPP

STANZAS = {"{jabber:client}" + name for name in ("message", "presence", "iq")}


def tell(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)


class Client(ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        self.manual = set()
        self.bound_once = False
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0199")  # answers pings, sends none by itself
        # Loopback without TLS.
        self["feature_mechanisms"].unencrypted_plain = True
        self["feature_mechanisms"].unencrypted_scram = True
        self.add_filter("in", self.only_what_is_answered)
        self.add_event_handler("session_start", self.online)
        self.add_event_handler("failed_all_auth", lambda _: self.end("the server refuses the password"))
        self.add_event_handler("connection_failed", lambda reason: self.end("no connection: %s" % reason))
        self.add_event_handler("disconnected", lambda reason: self.end(str(reason or "the connection ended")))

    def online(self, _):
        self.bound_once = True
        tell("online", jid=self.boundjid.full)

    def end(self, reason):
        tell("offline", reason=reason)
        self.loop.stop()

    def incoming_filter(self, xml):
        """Report a stanza before slixmpp sees it."""
        if self.bound_once and xml.tag in STANZAS:
            tail, xml.tail = xml.tail, None
            tell("stanza", xml=ET.tostring(xml, encoding="unicode"))
            xml.tail = tail
        return xml

    def only_what_is_answered(self, stanza):
        """Keep from slixmpp whatever it would react to by itself, but for IQ requests that it is to answer."""
        xml = stanza.xml
        if xml.tag not in STANZAS or not self.bound_once:
            return stanza
        if xml.tag != "{jabber:client}iq":
            return None
        payload = xml[0].tag if len(xml) else ""
        return None if payload.partition("}")[0].lstrip("{") in self.manual else stanza

    def obey(self, line):
        order = json.loads(line)
        if order["do"] == "send":
            self.send_raw(order["xml"])
        elif order["do"] == "manual":
            self.manual.update(order["xmlns"])
            tell("manual")
        elif order["do"] == "abort":
            self.abort()
        elif order["do"] == "leave":
            self.disconnect()


async def read_orders(client):
    reader = asyncio.StreamReader(limit=1 << 24)
    await client.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        client.obey(line)
    client.abort()  # the test has gone
    client.loop.stop()


def main():
    host, port, jid, password = sys.argv[1:]
    client = Client(jid, password)
    if hasattr(client, "enable_plaintext"):  # slixmpp 1.9 or newer
        client.enable_plaintext, client.enable_starttls, client.enable_direct_tls = True, False, False
        client.connect(host, int(port))
    else:
        client.connect((host, int(port)), use_ssl=False, force_starttls=False, disable_starttls=True)
    orders = client.loop.create_task(read_orders(client))
    client.loop.run_forever()
    orders.cancel()


main()
