import { apiOf, locateImage } from "./image-location";

test.each([
  ["registry.example.com/team/airflow", "registry.example.com", "team/airflow"],
  ["Registry.Example.com:5000/airflow", "registry.example.com:5000", "airflow"],
  ["localhost/airflow", "localhost", "airflow"],
  ["localhost:5000/a/b", "localhost:5000", "a/b"],
  ["airflow", "docker.io", "library/airflow"],
  ["apache/airflow", "docker.io", "apache/airflow"],
  ["docker.io/airflow", "docker.io", "library/airflow"],
  ["index.docker.io/apache/airflow", "docker.io", "apache/airflow"],
])("%s is at %s, %s", (name, host, repository) => {
  expect(locateImage(name)).toEqual({ host, repository });
});

test.each([
  ["docker.io", "https://registry-1.docker.io"],
  ["quay.io", "https://quay.io"],
  ["localhost:5000", "http://localhost:5000"],
  ["127.0.0.1:5000", "http://127.0.0.1:5000"],
  ["localhost.example.com", "https://localhost.example.com"],
  ["127.0.0.1.example.com", "https://127.0.0.1.example.com"],
])("%s is asked at %s", (host, url) => {
  expect(apiOf(host)).toBe(url);
});
