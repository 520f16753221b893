"""As much of Airflow as the DAG bundle uses, for tests where Airflow is not installed."""
