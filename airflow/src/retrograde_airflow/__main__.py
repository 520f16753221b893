"""``python -m retrograde_airflow``."""

from retrograde_airflow.sync import main

raise SystemExit(main())
