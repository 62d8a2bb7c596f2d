<?php
// The test kit from PHP: plain HTTP against the control API of `coursewire up`.

function ask(string $method, string $path, string $content = '', string $headers = ''): string
{
    $options = ['method' => $method, 'header' => $headers, 'content' => $content, 'ignore_errors' => true];
    $context = stream_context_create(['http' => $options]);
    return file_get_contents(getenv('MOODLE_URL') . $path, false, $context);
}

function testkit(string $method, string $path, ?array $body = null): array
{
    $key = trim(file_get_contents(getenv('TESTKIT_KEY_FILE')));
    $content = $body === null ? '' : json_encode((object) $body);
    $headers = "Authorization: Bearer $key\r\nContent-Type: application/json";
    $answer = json_decode(ask($method, "/testkit/$path", $content, $headers), true);
    if (isset($answer['error'])) {
        throw new RuntimeException($answer['error']['code'] . ': ' . $answer['error']['message']);
    }
    return $answer;
}

function call(string $token, string $function, array $fields = []): array
{
    $form = ['wstoken' => $token, 'wsfunction' => $function, 'moodlewsrestformat' => 'json'] + $fields;
    $headers = 'Content-Type: application/x-www-form-urlencoded';
    return json_decode(ask('POST', '/webservice/rest/server.php', http_build_query($form), $headers), true);
}

testkit('POST', 'reset', []);
$token = testkit('POST', 'tokens', ['user' => 'svc-roster', 'service' => 'roster'])['token'];
testkit('POST', 'faults', ['kind' => 'error', 'errorcode' => 'invalidtoken', 'from_call' => 2]);

// Here your connector runs; its second call is refused.
call($token, 'core_course_get_courses');
call($token, 'core_course_get_courses');

foreach (testkit('GET', 'calls')['calls'] as $call) {
    echo $call['function'], ' ', $call['outcome'], "\n";
}
