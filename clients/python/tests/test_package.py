"""What the package shows of itself."""

import collections.abc
import importlib.metadata
import inspect
import pickle
import types
import typing

import guestlist
from guestlist import AsyncGuestlistClient, GuestlistClient, GuestlistError

STREAM = collections.abc.Generator[guestlist.PresenceEvent, None, None]
ASYNC_STREAM = collections.abc.AsyncGenerator[guestlist.PresenceEvent, None]
RENAMED = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__"}


def test_all_holds_every_public_name_in_order() -> None:
    public = [
        name
        for name, value in vars(guestlist).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    ]
    assert sorted(guestlist.__all__) == sorted([*public, "__version__"])
    assert len(set(guestlist.__all__)) == len(guestlist.__all__)


def test_public_classes_call_themselves_by_the_package() -> None:
    for name in guestlist.__all__:
        value = getattr(guestlist, name)
        if isinstance(value, type):
            assert value.__module__ == "guestlist"


def test_the_version_is_that_of_the_distribution() -> None:
    assert importlib.metadata.version("guestlist-client") == guestlist.__version__ == "0.1.0"


def methods(kind: type) -> dict[str, typing.Any]:
    own = ("__init__", "__repr__", *RENAMED, *RENAMED.values())
    return {
        name: value
        for name, value in vars(kind).items()
        if name in own or (not name.startswith("_"))
    }


def test_both_clients_have_the_same_methods_with_the_same_words() -> None:
    plain, waiting = methods(GuestlistClient), methods(AsyncGuestlistClient)
    assert [RENAMED.get(name, name) for name in plain] == list(waiting)
    for name, method in plain.items():
        other = waiting[RENAMED.get(name, name)]
        assert inspect.getdoc(method) == inspect.getdoc(other), name
        if isinstance(method, property) or name in ("__init__", "__repr__"):
            continue
        if name == "watch_presence":
            assert typing.get_type_hints(method)["return"] == STREAM
            assert typing.get_type_hints(other)["return"] == ASYNC_STREAM
            continue
        assert inspect.iscoroutinefunction(other), name
        assert not inspect.iscoroutinefunction(method), name
        if name != "__enter__":
            assert inspect.signature(method) == inspect.signature(other), name
    one, other = (
        inspect.signature(kind).parameters for kind in (GuestlistClient, AsyncGuestlistClient)
    )
    assert list(one) == list(other)
    for name in one:
        assert one[name].kind == other[name].kind
        assert one[name].default == other[name].default
        assert name == "http_client" or one[name].annotation == other[name].annotation


def test_the_methods_are_those_of_the_contract() -> None:
    assert [name for name in methods(GuestlistClient) if not name.startswith("_")] == [
        "token",
        "get_me",
        "update_profile",
        "get_user_profile",
        "register",
        "login",
        "refresh_token",
        "disconnect",
        "logout",
        "list_sessions",
        "end_session",
        "change_password",
        "get_account",
        "change_email",
        "delete_account",
        "list_bots",
        "create_bot",
        "delete_bot",
        "rotate_bot_token",
        "list_presence",
        "watch_presence",
        "list_oauth_providers",
        "login_with_oauth",
        "link_oauth_account",
        "complete_oauth",
        "list_oauth_accounts",
        "unlink_oauth_account",
        "check_invite",
        "get_config",
        "request_password_reset",
        "reset_password",
        "close",
    ]


def test_everything_public_is_documented() -> None:
    for name in guestlist.__all__:
        value = getattr(guestlist, name)
        if isinstance(value, type):
            assert value.__doc__, name
            for member, method in methods(value).items():
                if inspect.isfunction(method) and not member.startswith("__"):
                    assert inspect.getdoc(method), f"{name}.{member}"


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    tree = inspect.getdoc(GuestlistError)
    assert tree is not None
    for kind in GuestlistError.__subclasses__():
        assert f"── {kind.__name__} " in tree
    assert tree.count("── ") == len(GuestlistError.__subclasses__())


def test_unset_says_what_it_is_and_is_one() -> None:
    assert repr(guestlist.UNSET) == "UNSET"
    assert pickle.loads(pickle.dumps(guestlist.UNSET)) is guestlist.UNSET
