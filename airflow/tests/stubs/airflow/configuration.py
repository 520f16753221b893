class _Conf:
    values = {"stale_bundle_cleanup_min_versions": 2, "stale_bundle_cleanup_age_threshold": 3600}

    def getint(self, _section: str, key: str) -> int:
        return self.values[key]


conf = _Conf()
