"""Discord's numbers, each with the page that states it: discord.py checks few of them, and a request over one is refused whole.

Those of texts that are made below the client are defined there: in bot.say.wording (labels, titles, descriptions, a menu's name),
bot.say.lines (a message), bot.say.replies (choices), bot.say.deep_links (an address) and bot.browse.paging (options).
"""

from __future__ import annotations

# https://docs.discord.com/developers/components/reference, and .../resources/message for the content
from bot.browse.paging import MAX_OPTION as MAX_OPTION  # characters of an option's label or value
from bot.browse.paging import MAX_OPTIONS as MAX_OPTIONS  # of a list, and of autocompletion
from bot.say.lines import MAX_CONTENT as MAX_CONTENT  # characters of a message
from bot.say.replies import MAX_CHOICES
from bot.say.wording import MAX_LABEL as MAX_LABEL  # characters of a button's label

# https://docs.discord.com/developers/components/reference
MAX_ROWS = 5  # of buttons or lists in a message
MAX_BUTTONS = MAX_CHOICES  # in a row
MAX_CUSTOM_ID = 100  # characters
MAX_PLACEHOLDER = 150  # characters of what stands in a list before anything is chosen

# https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback
FIRST_RESPONSE = 3.0  # seconds in which an interaction must be acknowledged
TOKEN_LIFE = 15 * 60.0  # seconds in which it can be answered after that

# https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
REQUESTS_A_SECOND = 50
# https://docs.discord.com/developers/events/gateway#identifying
IDENTIFIES_A_DAY = 1000  # connections after which Discord resets the token

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes
NOT_PERMITTED = frozenset([50001, 50013, 50083, 160005])  # also in a thread that is archived, or locked
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008  # it is gone, if only by an earlier attempt
GONE = frozenset([UNKNOWN_CHANNEL, UNKNOWN_MESSAGE])  # a channel or a message was deleted
INVALID = 50035  # something in the request; it names what
CANNOT_REPLY = 160002  # the channel's history may not be read
THREAD_EXISTS = 160004  # the message has one, if only by another process that hears the same
ALREADY_ACKNOWLEDGED = 40060  # the interaction was answered before: an earlier attempt arrived after all
# https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
AUTHENTICATION_FAILED = 4004

# https://docs.discord.com/developers/resources/channel#channel-object-channel-structure
MAX_THREAD_NAME = 100  # characters

MAX_FILE_NAME = 100  # characters; no page states a limit, and this is below any that was met
