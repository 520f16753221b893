import pytest

from archives import archive_of
from conftest import V1, V2
from contract import CHECKS, FIRST, SECOND
from fake_service import OUTSIDER, READER


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_fake_keeps_the_contract(fake, check):
    fake.upload(V1, archive_of(FIRST))
    fake.upload(V2, archive_of(SECOND))
    check(
        {
            "url": fake.url,
            "releaseName": fake.release_name,
            "emptyReleaseName": fake.empty_release_name,
            "readerKey": READER,
            "outsiderKey": OUTSIDER,
            "firstVersion": V1,
            "secondVersion": V2,
        }
    )
